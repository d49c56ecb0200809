/**
 * `npm run screens [-- DIRECTORY [FILTER]]`: pictures of every page in both languages, wide and narrow, light and dark, for
 * people to look at. Default directory: the system's temporary one.
 */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { seededId } from '../mock-api/seed.ts';
import { collectComplaints, launchBrowser, openPage } from './browser.ts';
import { buildConsole, removeBuild, serveConsole } from './console-server.ts';

const instances = 137;
const first = seededId('instance', instances);

interface Screen {
  name: string;
  path: string;
  seed?: 'empty' | 'large';
  username?: string | null;
  prepare?: (page: Page) => Promise<void>;
}

const settle = (page: Page) => page.waitForTimeout(1_500);
const byRole = (page: Page, role: 'button' | 'row', name: RegExp) => page.getByRole(role, { name }).first();

const screens: readonly Screen[] = [
  { name: 'login', path: '/login', username: null },
  { name: 'first-password', path: '/', username: 'first' },
  { name: 'overview', path: '/' },
  { name: 'overview-empty', path: '/', seed: 'empty' },
  { name: 'instances', path: '/instances' },
  { name: 'instances-empty', path: '/instances', seed: 'empty' },
  { name: 'instances-nothing-found', path: '/instances?search=zzz' },
  { name: 'instances-viewer', path: '/instances', username: 'viewer' },
  {
    name: 'instances-row-menu',
    path: '/instances',
    prepare: (page) => byRole(page, 'button', /web-1 的更多操作|More actions for web-1/).click(),
  },
  { name: 'instance-create', path: '/instances?create=blank' },
  {
    name: 'instance-create-refused',
    path: '/instances?create=blank',
    async prepare(page) {
      await page.locator('#create-name').fill('web-1');
      await page.locator('.ant-drawer-footer .ant-btn-primary').click();
    },
  },
  { name: 'instance', path: `/instances/${first}` },
  { name: 'instance-display', path: `/instances/${first}/display`, prepare: (page) => page.waitForTimeout(800) },
  { name: 'instance-serial', path: `/instances/${first}/serial`, prepare: (page) => page.waitForTimeout(800) },
  { name: 'instance-activity', path: `/instances/${first}/activity` },
  {
    name: 'instance-delete',
    path: '/instances',
    async prepare(page) {
      await byRole(page, 'button', /web-1 的更多操作|More actions for web-1/).click();
      await page.getByRole('menuitem', { name: /^(delete )?(删除|Delete)/ }).click();
    },
  },
  { name: 'images', path: '/images' },
  { name: 'image-add', path: '/images?add=upload' },
  { name: 'pools', path: '/pools' },
  { name: 'pool', path: `/pools/${seededId('pool', 1)}` },
  { name: 'nodes', path: '/nodes' },
  { name: 'node', path: `/nodes/${seededId('node', 1)}` },
  { name: 'domain', path: '/domain' },
  { name: 'domain-empty', path: '/domain', seed: 'empty' },
  { name: 'domain-large', path: '/domain', seed: 'large' },
  {
    name: 'domain-selected',
    path: '/domain',
    prepare: (page) => byRole(page, 'button', /(主控节点|Control Server) node-2/).click(),
  },
  { name: 'domain-list', path: '/domain?view=list' },
  { name: 'domain-tokens', path: '/domain?view=tokens' },
  {
    name: 'domain-add',
    path: '/domain',
    prepare: (page) => byRole(page, 'button', /添加服务器|Add a server/).click(),
  },
  {
    name: 'domain-add-command',
    path: '/domain',
    async prepare(page) {
      await byRole(page, 'button', /添加服务器|Add a server/).click();
      await byRole(page, 'button', /生成命令|Make the command/).click();
    },
  },
  {
    name: 'domain-remove',
    path: `/domain?component=${seededId('component', 4)}`,
    prepare: (page) => byRole(page, 'button', /^(delete )?(移除|Remove)$/).click(),
  },
  { name: 'operations', path: '/operations' },
  { name: 'operation-failed', path: `/operations/${seededId('operation', 3)}` },
  { name: 'events', path: '/events' },
  { name: 'not-found', path: '/nowhere' },
];

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
          await settle(page);
          await prepare?.(page);
          await settle(page);
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
