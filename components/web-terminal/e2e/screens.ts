/**
 * `npm run screens [-- DIRECTORY [FILTER]]`: pictures of every page in both languages, wide and narrow, light and dark, for
 * people to look at. Default directory: the system's temporary one.
 */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectComplaints, launchBrowser, openPage } from './browser.ts';
import { buildConsole, removeBuild, serveConsole } from './console-server.ts';
import { instances, ready, screens } from './screen-list.ts';

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;

const [directory = join(tmpdir(), 'zhiyun-screens'), filter = ''] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const built = await buildConsole('production');
try {
  await using full = await serveConsole(built, { instances });
  await using empty = await serveConsole(built, { seed: 'empty' });
  await using large = await serveConsole(built, { nodes: 5_000, instances: 20 });
  const urls = { full: full.url, empty: empty.url, large: large.url };
  const browser = await launchBrowser();
  for (const language of ['zh-CN', 'en-US'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(sizes)) {
        for (const { name, path, seed, username = 'admin', prepare } of screens) {
          const file = `${name}.${language}.${theme}.${size}.png`;
          if (!file.includes(filter)) continue;
          const page = await openPage(browser, {
            baseURL: urls[seed ?? 'full'],
            viewport,
            preferences: { language, theme },
            username,
          });
          const complaints = collectComplaints(page);
          await page.goto(path);
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
