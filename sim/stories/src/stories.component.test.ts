/** Every folder beside `src` is a story. Its log is the same in every run, whatever the seed. */
import { globSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expectGolden } from '@zhiyun/testkit';
import { inject, test } from 'vitest';
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
