/** Every folder beside `src` is a story. Its log is the same in every run, whatever the seed. */
import { globSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expectGolden } from '@zhiyun/testkit';
import { expect, inject, test } from 'vitest';
import { runStory } from './run-story.ts';
import type { Story } from './story.ts';

const root = resolve(import.meta.dirname, '..');

const names = globSync('*/story.ts', { cwd: root, exclude: ['src/**'] })
  .map(dirname)
  .sort();

test.each(names)('%s', async (name) => {
  const { story } = (await import(join(root, name, 'story.ts'))) as { story: Story };
  const log = await runStory(story, { postgresUrl: inject('postgresUrl'), seed: 1 });
  await expectGolden(join(root, name, 'expected.txt'), log);
});

test('what a Data Server would have written bears the time of the story, too', async () => {
  const times: string[] = [];
  const story: Story = {
    title: 'Nothing happens',
    world: { controlServers: ['control-1'], nodes: { 'node-1': {} } },
    async tell({ rest }) {
      for (const { joinedAt } of (await rest.listComponents()).items) times.push(joinedAt.slice(0, 16));
    },
  };
  await runStory(story, { postgresUrl: inject('postgresUrl'), seed: 1 });
  expect(new Set(times)).toEqual(new Set(['2026-01-01T00:00']));
});
