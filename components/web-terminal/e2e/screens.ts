/**
 * `npm run screens [-- DIRECTORY [FILTER]]`: pictures of every page in both languages, wide and narrow, light and dark, for
 * people to look at. Default directory: the system's temporary one.
 */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addNodeRows, type World } from '@zhiyun/sim-world';
import { startTestPostgres } from '@zhiyun/testkit';
import { collectComplaints, launchBrowser, openPage } from './browser.ts';
import { buildConsole, removeBuild } from './build-console.ts';
import { addRest, instances, ready, screens, thingsOf } from './screen-list.ts';
import { signIn, startStageWorld } from './stage.ts';

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;

const [directory = join(tmpdir(), 'zhiyun-screens'), filter = ''] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const built = await buildConsole('production');
try {
  await using postgres = await startTestPostgres();
  const prepare = ({ store }: World) => addNodeRows(store, 5, 4_996);
  await using full = await startStageWorld({ instances, prepare: addRest }, built, postgres.url);
  await using empty = await startStageWorld({ seed: 'empty' }, built, postgres.url);
  await using large = await startStageWorld({ prepare }, built, postgres.url);
  const worlds = { full, empty, large };
  const browser = await launchBrowser();
  for (const language of ['zh-CN', 'en-US'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(sizes)) {
        for (const { name, path, seed, username = 'admin', prepare } of screens) {
          const file = `${name}.${language}.${theme}.${size}.png`;
          if (!file.includes(filter)) continue;
          const world = worlds[seed ?? 'full'];
          const page = await openPage(browser, {
            baseURL: world.url,
            viewport,
            preferences: { language, theme },
            ...(username !== null && { storageState: await signIn(browser, world, username) }),
          });
          const complaints = collectComplaints(page);
          await page.goto(path(await thingsOf(world)));
          await ready(page);
          await prepare?.(page);
          await page.waitForTimeout(1_500);
          await page.screenshot({ path: join(directory, file) });
          for (const complaint of complaints) console.error(`${file}: ${complaint}`);
          await page.context().close();
        }
      }
    }
  }
  await browser.close();
} finally {
  await removeBuild(built);
}
console.log(`Pictures are in ${directory}`);
