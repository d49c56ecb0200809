/** Every page and dialog of the console, and how to get there: for pictures, and for the tests that look at all of them. */

import { GiB } from '@zhiyun/contracts';
import type { World } from '@zhiyun/sim-world';
import type { Page } from 'playwright-core';

/** More than a page of the list holds. */
export const instances = 60;

export interface Screen {
  name: string;
  path: (things: Things) => string;
  seed?: 'empty' | 'large';
  username?: string | null;
  prepare?: (page: Page) => Promise<void>;
}

/** What some pages are about. */
export interface Things {
  ids: Record<'instance' | 'pool' | 'node' | 'component' | 'failedOperation' | 'batch', string>;
}

const known = new WeakMap<World, Promise<Things>>();

export function thingsOf(world: World): Promise<Things> {
  const things = known.get(world) ?? askThings(world);
  known.set(world, things);
  return things;
}

async function askThings({ admin }: World): Promise<Things> {
  const [instance, [pool], [node], components, failed] = await Promise.all([
    admin.listInstances({ query: { search: 'web-1', limit: 100 } }),
    admin.listComputePools().then(({ items }) => items.filter(({ name }) => name === 'default')),
    admin.listNodes().then(({ items }) => items.filter(({ name }) => name === 'node-1')),
    admin.listComponents(),
    admin.listOperations({ query: { state: 'failed' } }).then(({ items }) => items),
  ]);
  const removable = components.items.find(({ name, type }) => name === 'node-2' && type === 'storage-server');
  return {
    ids: {
      instance: instance.items.find(({ name }) => name === 'web-1')?.id ?? '',
      pool: pool?.id ?? '',
      node: node?.id ?? '',
      component: removable?.id ?? '',
      failedOperation: failed.find(({ children }) => !children)?.id ?? '',
      batch: failed.find(({ children }) => children)?.id ?? '',
    },
  };
}

/** So that the list of join tokens is not empty. */
export async function addToken({ admin }: World): Promise<void> {
  await admin.createJoinToken({ body: { roles: ['node-client', 'storage-server'], expiresInSeconds: 3_600 } });
}

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNkKpYBnFzlqhjBjvyCpFq0mSbbbWmqSPlAGZ0Kw9Bn ann@laptop';

/** What only pictures need: a token, a key, and a batch of which one fails. */
export async function addRest(world: World): Promise<void> {
  await addToken(world);
  await world.admin.createSshKey({ body: { name: 'ann-laptop', publicKey } });
  const { id } = await world.admin.createInstances({
    body: { names: ['batch-1', 'batch-2', 'fail-launch-1'], cores: 1, memoryBytes: 2 * GiB },
  });
  await world.admin.getOperation({ params: { id }, query: { waitSeconds: 30 } });
}

/** The page is drawn, and waits for nothing. */
export async function ready(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => !document.querySelector('.ant-spin-spinning, .ant-skeleton-active'));
}

/**
 * As by a link of the page: most of the work of opening a page anew is loading the console. By way of a page that has nothing, so
 * that what stood there is gone.
 */
export async function turnTo(page: Page, path: string): Promise<void> {
  for (const to of ['/nowhere', path]) {
    await page.evaluate((address) => {
      for (const heading of document.querySelectorAll('h1')) heading.setAttribute('data-left', '');
      history.pushState(null, '', address);
      dispatchEvent(new PopStateEvent('popstate'));
    }, to);
    await page.locator('h1:not([data-left])').first().waitFor({ state: 'attached' });
  }
}

const byRole = (page: Page, role: 'button' | 'row' | 'tab' | 'menuitem' | 'checkbox', name: RegExp) =>
  page.getByRole(role, { name }).first();
const rowMenu = async (page: Page, name: string) =>
  byRole(page, 'button', new RegExp(`${name} 的更多操作|More actions for ${name}`)).click();
const connected = (page: Page) =>
  page
    .getByRole('status')
    .getByText(/^(已连接|Connected)$/)
    .waitFor();

export const screens: readonly Screen[] = [
  { name: 'login', path: () => '/login', username: null },
  { name: 'first-password', path: () => '/', username: 'first' },
  { name: 'overview', path: () => '/' },
  { name: 'overview-empty', path: () => '/', seed: 'empty' },
  { name: 'instances', path: () => '/instances' },
  { name: 'instances-empty', path: () => '/instances', seed: 'empty' },
  { name: 'instances-nothing-found', path: () => '/instances?search=zzz' },
  { name: 'instances-viewer', path: () => '/instances', username: 'viewer' },
  {
    name: 'instances-row-menu',
    path: () => '/instances',
    prepare: (page) => rowMenu(page, 'web-1'),
  },
  { name: 'instance-create', path: () => '/instances?create=blank' },
  {
    name: 'instance-create-refused',
    path: () => '/instances?create=blank',
    async prepare(page) {
      await page.locator('#create-name').fill('web-1');
      await page.locator('.ant-drawer-footer .ant-btn-primary').click();
    },
  },
  { name: 'instance', path: ({ ids }) => `/instances/${ids.instance}` },
  { name: 'instance-display', path: ({ ids }) => `/instances/${ids.instance}/display`, prepare: connected },
  { name: 'instance-serial', path: ({ ids }) => `/instances/${ids.instance}/serial`, prepare: connected },
  { name: 'instance-activity', path: ({ ids }) => `/instances/${ids.instance}/activity` },
  {
    name: 'instance-delete',
    path: () => '/instances',
    async prepare(page) {
      await rowMenu(page, 'web-1');
      await page.getByRole('menuitem', { name: /^(delete )?(删除|Delete)/ }).click();
    },
  },
  {
    name: 'instance-display-keys',
    path: ({ ids }) => `/instances/${ids.instance}/display`,
    async prepare(page) {
      await connected(page);
      await byRole(page, 'button', /^(发送按键|Send keys)/).click();
      await byRole(page, 'menuitem', /功能键|Function keys/).click();
    },
  },
  {
    name: 'instance-display-paste',
    path: ({ ids }) => `/instances/${ids.instance}/display`,
    async prepare(page) {
      await connected(page);
      await byRole(page, 'button', /^(粘贴文本|Paste text)/).click();
    },
  },
  { name: 'instance-window', path: ({ ids }) => `/instances/${ids.instance}/display/window`, prepare: connected },
  { name: 'instance-gone', path: () => '/instances/gone' },
  {
    name: 'instance-stop',
    path: ({ ids }) => `/instances/${ids.instance}`,
    prepare: (page) => byRole(page, 'button', /(关机|Stop)$/).click(),
  },
  {
    name: 'instance-rename',
    path: () => '/instances',
    async prepare(page) {
      await rowMenu(page, 'web-1');
      await byRole(page, 'menuitem', /重命名|Rename/).click();
    },
  },
  {
    name: 'instances-selected',
    path: () => '/instances',
    prepare: (page) => page.getByRole('row', { name: /web-1/ }).first().getByRole('checkbox').check(),
  },
  { name: 'images', path: () => '/images' },
  {
    name: 'images-expanded',
    path: () => '/images',
    prepare: (page) => byRole(page, 'button', /^(展开行|Expand row)$/).click(),
  },
  {
    name: 'image-edit',
    path: () => '/images',
    async prepare(page) {
      await rowMenu(page, 'debian-13-cloud');
      await byRole(page, 'menuitem', /编辑|Edit/).click();
    },
  },
  {
    name: 'image-move',
    path: () => '/images',
    async prepare(page) {
      await rowMenu(page, 'debian-13-cloud');
      await byRole(page, 'menuitem', /移动|Move/).click();
    },
  },
  {
    name: 'image-import',
    path: () => '/images?add=upload',
    prepare: (page) => page.getByText(/从服务器导入|Import from the server/).click(),
  },
  { name: 'image-add', path: () => '/images?add=upload' },
  { name: 'pools', path: () => '/pools' },
  {
    name: 'pool-create',
    path: () => '/pools',
    prepare: (page) => byRole(page, 'button', /创建资源池|Create (compute )?pool/).click(),
  },
  { name: 'pool', path: ({ ids }) => `/pools/${ids.pool}` },
  { name: 'nodes', path: () => '/nodes' },
  { name: 'node', path: ({ ids }) => `/nodes/${ids.node}` },
  {
    name: 'node-edit',
    path: () => '/nodes',
    prepare: (page) => byRole(page, 'button', /(编辑|Edit): node-1/).click(),
  },
  { name: 'domain', path: () => '/domain' },
  { name: 'domain-empty', path: () => '/domain', seed: 'empty' },
  { name: 'domain-large', path: () => '/domain', seed: 'large' },
  {
    name: 'domain-selected',
    path: () => '/domain',
    prepare: (page) => byRole(page, 'button', /(存储服务器|Storage Server) node-2/).click(),
  },
  { name: 'domain-list', path: () => '/domain?view=list' },
  { name: 'domain-tokens', path: () => '/domain?view=tokens' },
  {
    name: 'domain-add',
    path: () => '/domain',
    prepare: (page) => byRole(page, 'button', /添加服务器|Add a server/).click(),
  },
  {
    name: 'domain-add-command',
    path: () => '/domain',
    async prepare(page) {
      await byRole(page, 'button', /添加服务器|Add a server/).click();
      await byRole(page, 'button', /生成命令|Make the command/).click();
    },
  },
  {
    name: 'domain-remove',
    path: ({ ids }) => `/domain?component=${ids.component}`,
    prepare: (page) => byRole(page, 'button', /^(delete )?(移除|Remove)$/).click(),
  },
  { name: 'operations', path: () => '/operations' },
  { name: 'operation-failed', path: ({ ids }) => `/operations/${ids.failedOperation}` },
  { name: 'operation-batch', path: ({ ids }) => `/operations/${ids.batch}` },
  {
    name: 'operations-expanded',
    path: () => '/operations',
    prepare: (page) => byRole(page, 'button', /^(展开行|Expand row)$/).click(),
  },
  { name: 'ssh-keys', path: () => '/ssh-keys' },
  { name: 'ssh-keys-none', path: () => '/ssh-keys', seed: 'empty' },
  {
    name: 'ssh-key-add',
    path: () => '/ssh-keys',
    prepare: (page) => byRole(page, 'button', /(添加 SSH 密钥|Add SSH key)$/).click(),
  },
  { name: 'events', path: () => '/events' },
  {
    name: 'user-menu',
    path: () => '/events',
    prepare: (page) => byRole(page, 'button', /^(用户菜单|User menu)/).click(),
  },
  {
    name: 'change-password',
    path: () => '/events',
    async prepare(page) {
      await byRole(page, 'button', /^(用户菜单|User menu)/).click();
      await byRole(page, 'menuitem', /修改密码|Change password/).click();
    },
  },
  {
    name: 'running',
    path: () => '/events',
    prepare: (page) => byRole(page, 'button', /^(进行中的操作|Running operations)/).click(),
  },
  { name: 'not-found', path: () => '/nowhere' },
];
