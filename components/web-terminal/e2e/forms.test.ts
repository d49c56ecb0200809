import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoImage, type World } from '@zhiyun/sim-world';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser, expectVisible } from './stage.ts';

const textbox = (page: Page, name: string | RegExp) => page.getByRole('dialog').getByRole('textbox', { name });
const rowMenu = async (page: Page, name: string, item: RegExp) => {
  await page.getByRole('button', { name: `${name} 的更多操作` }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

/** Each form, opened and filled with the focus in a field; and what is seen once it was sent. */
const forms: {
  name: string;
  username?: string | null;
  fill: (page: Page, world: World) => Promise<void>;
  sent: string | RegExp;
}[] = [
  {
    name: 'login',
    username: null,
    async fill(page, { password }) {
      await page.goto('/login');
      await page.getByLabel('用户名').fill('admin');
      await page.getByLabel('密码', { exact: true }).fill(password);
    },
    sent: '存储服务器',
  },
  {
    name: 'first password',
    username: 'first',
    async fill(page, { password }) {
      await page.goto('/nodes');
      await page.getByLabel('当前密码').fill(password);
      await page.getByLabel('新密码', { exact: true }).fill('a much longer one');
      await page.getByLabel('再次输入新密码').fill('a much longer one');
    },
    sent: 'node-1',
  },
  {
    name: 'change of password',
    username: 'viewer',
    async fill(page, { password }) {
      await page.goto('/nodes');
      await page.getByRole('button', { name: '用户菜单：viewer' }).click();
      await page.getByRole('menuitem', { name: '修改密码' }).click();
      await page.getByLabel('当前密码').fill(password);
      await page.getByLabel('新密码', { exact: true }).fill(`${password}-2`);
      await page.getByLabel('再次输入新密码').fill(`${password}-2`);
    },
    sent: '密码已修改',
  },
  {
    name: 'new instance',
    async fill(page) {
      await page.goto('/instances?create=blank');
      await page.getByRole('dialog').getByText('debian-13-cloud').first().waitFor();
      await textbox(page, '名称').fill('by-enter');
    },
    sent: '正在创建“by-enter”',
  },
  {
    name: 'new instance, from a number',
    async fill(page) {
      await page.goto('/instances?create=blank');
      await page.getByRole('dialog').getByText('debian-13-cloud').first().waitFor();
      await textbox(page, '名称').fill('by-enter-2');
      await page.getByRole('dialog').getByRole('spinbutton', { name: '处理器' }).fill('2');
    },
    sent: '正在创建“by-enter-2”',
  },
  {
    name: 'rename',
    async fill(page) {
      await page.goto('/instances');
      await rowMenu(page, 'dns-7', /重命名/);
      await textbox(page, '名称').fill('dns-seven');
    },
    sent: /已重命名为“dns-seven”/,
  },
  {
    name: 'delete by typed name',
    async fill(page) {
      await page.goto('/instances?search=queue-12');
      await rowMenu(page, 'queue-12', /删除/);
      await page.getByRole('dialog').getByRole('textbox').fill('queue-12');
    },
    sent: '没有符合条件的结果',
  },
  {
    name: 'new pool',
    async fill(page) {
      await page.goto('/pools');
      await page.getByRole('button', { name: '创建资源池' }).click();
      await textbox(page, '名称').fill('pool-by-enter');
    },
    sent: 'pool-by-enter',
  },
  {
    name: 'pool',
    async fill(page) {
      await page.goto('/pools');
      await page.getByRole('link', { name: 'default', exact: true }).click();
      await page.getByRole('button', { name: '编辑' }).click();
      await textbox(page, /^描述/).fill('sent by Enter');
      await textbox(page, '名称').focus();
    },
    sent: 'sent by Enter',
  },
  {
    name: 'node',
    async fill(page) {
      await page.goto('/nodes');
      await page.getByRole('button', { name: '编辑: node-2' }).click();
      await textbox(page, '名称').fill('node-two');
    },
    sent: 'node-two',
  },
  {
    name: 'import',
    async fill(page, { directory }) {
      await writeFile(join(directory, 'entered.iso'), isoImage());
      await page.goto('/images?add=upload');
      await page.getByText('从服务器导入').click();
      await page.getByLabel('服务器上的文件路径').fill(join(directory, 'entered.iso'));
    },
    sent: 'entered',
  },
  {
    name: 'image',
    async fill(page) {
      await page.goto('/images');
      await rowMenu(page, 'alpine-broken', /编辑/);
      await textbox(page, '名称').fill('alpine-renamed');
    },
    sent: '已保存',
  },
  {
    name: 'new server',
    async fill(page) {
      await page.goto('/domain');
      await page.getByRole('button', { name: '添加服务器' }).click();
      await page.getByRole('dialog').getByRole('spinbutton').fill('2');
    },
    sent: '等待新服务器加入…',
  },
];

describeInBrowser('forms', { instances: 20 }, (stage) => {
  it.each(forms)('are sent by Enter: $name', async ({ username = 'admin', fill, sent }) => {
    const page = await stage.open({ username, fresh: username === 'first' || username === 'viewer' });
    await fill(page, stage.world);
    await page.keyboard.press('Enter');
    await expectVisible(page.getByText(sent));
  });

  it('are sent by Ctrl-Enter from a field of many lines, where Enter makes a line', async () => {
    const page = await stage.open();
    await page.goto('/pools');
    await page.getByRole('link', { name: 'default', exact: true }).click();
    await page.getByRole('button', { name: '编辑' }).click();
    await textbox(page, /^描述/).fill('one');
    await page.keyboard.press('Enter');
    await page.keyboard.type('two');
    expect(await textbox(page, /^描述/).inputValue()).toBe('one\ntwo');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectVisible(page.getByText('one two'));
  });

  it('change no value silently, and lead to the first that is wrong', async () => {
    const page = await stage.open();
    await page.goto('/instances?create=blank');
    const form = page.getByRole('dialog');
    await form.getByText('debian-13-cloud').first().waitFor();
    const cores = form.getByRole('spinbutton', { name: '处理器' });
    await cores.fill('999');
    await form.getByRole('spinbutton', { name: '系统盘' }).fill('99999999');
    await page.keyboard.press('Enter');
    await expectVisible(form.getByText('不能大于 128'));
    await expectVisible(form.getByText('不能大于 64 TiB'));
    expect(await cores.inputValue()).toBe('999');
    await expect.poll(() => cores.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await form.getByText('须为整数').count()).toBe(0);
  });

  it('are as they were left after a session has ended and begun anew, and empty for the next user', async () => {
    const page = await stage.open();
    await page.goto('/instances?create=blank');
    const form = page.getByRole('dialog');
    await form.getByText('debian-13-cloud').first().waitFor();
    await textbox(page, '名称').fill('kept-1');
    await form.getByRole('spinbutton', { name: '处理器' }).fill('3');
    await page.context().clearCookies();
    await page.keyboard.press('Enter');
    const signIn = async (username: string) => {
      await page.getByLabel('用户名').fill(username);
      await page.getByLabel('密码', { exact: true }).fill(stage.world.password);
      await page.keyboard.press('Enter');
    };
    await signIn('admin');
    await expect.poll(() => textbox(page, '名称').inputValue()).toBe('kept-1');
    expect(await form.getByRole('spinbutton', { name: '处理器' }).inputValue()).toBe('3');
    await page.context().clearCookies();
    await page.keyboard.press('Enter');
    await signIn('operator');
    // Another user does not land on the page of the former one.
    await page.getByRole('button', { name: '用户菜单：operator' }).waitFor();
    await page.goto('/instances?create=blank');
    await form.getByText('debian-13-cloud').first().waitFor();
    expect(await textbox(page, '名称').inputValue()).not.toBe('kept-1');
  });

  it('follow the file that is chosen last', async () => {
    const page = await stage.open();
    await page.goto('/images?add=upload');
    const file = (name: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.alloc(2_000, 7) });
    await page.getByLabel('镜像文件').setInputFiles(file('first.iso'));
    await expect.poll(() => textbox(page, '名称').inputValue()).toBe('first');
    await page.getByLabel('镜像文件').setInputFiles(file('second.qcow2'));
    await expect.poll(() => textbox(page, '名称').inputValue()).toBe('second');
    expect(await page.getByRole('radio', { name: '主机镜像' }).isChecked()).toBe(true);
    await textbox(page, '名称').fill('mine');
    await page.getByLabel('镜像文件').setInputFiles(file('third.iso'));
    await expect.poll(() => page.getByRole('radio', { name: /ISO/ }).isChecked()).toBe(true);
    expect(await textbox(page, '名称').inputValue()).toBe('mine');
  });
});
