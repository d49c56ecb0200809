import { addInstanceRows, type World } from '@zhiyun/sim-world';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser, expectVisible, passing, type Stage } from './stage.ts';

/** More than a page of the list holds. */
const instances = 60;
const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
/** Every key that went down at the screen of an instance, by its keysym. */
async function keysOf({ world }: Stage, name: string): Promise<string> {
  const { id, node } = await world.admin.getInstance({ params: { id: name } });
  const keysyms = world.server(node?.name ?? '').host.keysymsOf(id);
  return keysyms.map((keysym) => keysym.toString(16)).join();
}
const search = (page: Page) => new URL(page.url()).searchParams;

async function openCreate(page: Page, name: string): Promise<void> {
  await page.goto('/instances');
  await page.getByRole('button', { name: '创建云主机' }).click();
  const form = page.getByRole('dialog', { name: '创建云主机' });
  await form.getByText('debian-13-cloud').first().waitFor();
  await form.getByRole('textbox', { name: '名称' }).fill(name);
}
const submit = (page: Page) =>
  page.getByRole('dialog', { name: '创建云主机' }).getByRole('button', { name: '创建', exact: true }).click();

describeInBrowser('instances', { instances }, (stage) => {
  it('are created in one short form, seen to start live, and told of at the end', async () => {
    const page = await stage.open();
    await openCreate(page, 'new-1');
    await passing(stage, async () => {
      await submit(page);
      await expectVisible(row(page, 'new-1').getByText('创建中'));
    });
    await expectVisible(row(page, 'new-1').getByText('运行中'));
    await expectVisible(page.getByText('创建云主机成功'));
  });

  it('suggest a name and defaults that only have to be confirmed', async () => {
    const page = await stage.open();
    await page.goto('/instances?create=blank');
    const form = page.getByRole('dialog', { name: '创建云主机' });
    await form.getByText('debian-13-cloud').first().waitFor();
    expect(await form.getByRole('textbox', { name: '名称' }).inputValue()).toMatch(/^debian-\w{4}$/);
    await submit(page);
    await expectVisible(page.getByText(/正在创建“debian-/));
  });

  it('show an error beside its field', async () => {
    const page = await stage.open();
    await openCreate(page, 'web-1');
    await submit(page);
    await expectVisible(page.getByRole('dialog').getByText('此资源池中已有同名云主机'));
    await page.getByRole('dialog').getByRole('textbox', { name: '名称' }).fill('-x');
    await submit(page);
    await expectVisible(page.getByText(/须以字母、数字或汉字开头/));
  });

  it('say which node lacks what when the pool cannot hold one', async () => {
    const page = await stage.open();
    await openCreate(page, 'too-large');
    await page.getByRole('dialog').getByRole('spinbutton', { name: '内存' }).fill('1024');
    await submit(page);
    for (const node of ['node-1', 'node-2', 'node-3'])
      await expectVisible(page.getByRole('dialog').getByText(new RegExp(`^${node}：缺 [0-9.]+ GiB 内存$`)));
  });

  it('tell of a failed start, with the way to its reasons', async () => {
    const page = await stage.open();
    await openCreate(page, 'fail-launch-1');
    await submit(page);
    await expectVisible(page.getByText('创建云主机失败'));
    await page.getByRole('link', { name: '查看操作详情' }).click();
    await expectVisible(page.getByRole('heading', { name: '创建云主机 · fail-launch-1' }));
    await expectVisible(page.getByText(/It was told to fail/).first());
    await expectVisible(page.getByText('已撤销').first());
  });

  it('keep search, filter, sort and page in the address', async () => {
    const page = await stage.open();
    await page.goto('/instances');
    await page.getByRole('searchbox', { name: '按名称、IP、MAC 或 ID 搜索' }).fill('测试');
    await expect.poll(() => search(page).get('search')).toBe('测试');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('button', { name: '清除筛选' }).first().click();
    await row(page, 'web-1').waitFor();

    await page.getByRole('navigation', { name: '翻页' }).getByRole('button', { name: '下一页' }).click();
    await expect.poll(() => search(page).has('cursor')).toBe(true);
    await row(page, 'web-1').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('button', { name: '上一页' }).click();
    await row(page, 'web-1').waitFor();

    await page.getByRole('columnheader', { name: '名称' }).click();
    await expect.poll(() => search(page).get('sort')).toBe('name');
    await page.goBack();
    await expect.poll(() => search(page).get('sort')).toBeNull();
  });

  it('are found by address, counted, and shown as many and with the columns that one wants', async () => {
    const page = await stage.open();
    // Other tests of this file have created some beside those of the seed.
    const { total } = await stage.world.admin.listInstances({ query: { limit: 1, total: 'true' } });
    expect(total).toBeGreaterThanOrEqual(instances);
    await page.goto('/instances');
    await expectVisible(page.getByText(`共 ${total} 项`));
    const { address } = await stage.world.admin.getInstance({ params: { id: 'database-1' } });
    await page.getByRole('searchbox').fill(address ?? '');
    await expect.poll(() => search(page).get('search')).toBe(address);
    await row(page, 'database-1').waitFor();
    await row(page, 'web-1').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '清除筛选' }).first().click();

    await page.getByRole('button', { name: '选择显示的列' }).click();
    await page.getByRole('checkbox', { name: 'MAC 地址' }).check();
    await page.getByRole('checkbox', { name: '镜像' }).uncheck();
    await expectVisible(page.getByRole('columnheader', { name: 'MAC 地址' }));
    await page.keyboard.press('Escape');
    await page.getByRole('navigation', { name: '翻页' }).getByRole('combobox', { name: '每页行数' }).click();
    await page.locator('.ant-select-item-option', { hasText: '20 条/页' }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(21);
    await page.reload();
    await expectVisible(page.getByRole('columnheader', { name: 'MAC 地址' }));
    expect(await page.getByRole('columnheader', { name: '镜像' }).count()).toBe(0);
    await expect.poll(() => page.getByRole('row').count()).toBe(21);
  });

  it('stay selected on pages that are left', async () => {
    const page = await stage.open();
    await page.goto('/instances');
    await row(page, 'web-1').getByRole('checkbox').check();
    await page.getByRole('button', { name: '下一页' }).click();
    await row(page, 'web-1').waitFor({ state: 'detached' });
    await page.getByRole('row').nth(1).getByRole('checkbox').check();
    await expectVisible(page.getByRole('toolbar').getByText('已选 2 项（其中 1 项在其他页）'));
    await page.getByRole('button', { name: '上一页' }).click();
    await expect.poll(() => row(page, 'web-1').getByRole('checkbox').isChecked()).toBe(true);
  });

  it('give the reason for what cannot be done', async () => {
    const page = await stage.open();
    await page.goto('/instances');
    await row(page, '测试机-01').getByRole('button', { name: '测试机-01 的更多操作' }).click();
    await expectVisible(page.getByRole('menuitem', { name: /关机.*“已关机”状态下不可用/ }));
    const viewer = await stage.open({ username: 'viewer' });
    await viewer.goto('/instances');
    const create = viewer.getByRole('button', { name: '创建云主机' });
    expect(await create.isDisabled()).toBe(true);
    const reason = await create.getAttribute('aria-describedby');
    expect(await viewer.locator(`[id="${reason}"]`).textContent()).toBe('您的角色没有此权限');
  });

  it('are deleted only after their name was typed', async () => {
    const page = await stage.open();
    await page.goto('/instances?search=database-1');
    await row(page, 'database-1').getByRole('button', { name: 'database-1 的更多操作' }).click();
    await page.getByRole('menuitem', { name: /删除/ }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: '删除' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('database-1');
    await confirm.click();
    await expectVisible(page.getByText('删除云主机成功'));
    await row(page, 'database-1').waitFor({ state: 'detached' });
  });

  it('are stopped together', async () => {
    const page = await stage.open();
    await page.goto('/instances?state=running');
    for (const name of ['dns-7', 'cache-8']) await row(page, name).getByRole('checkbox').check();
    await page.getByRole('toolbar', { name: '批量操作' }).getByRole('button', { name: '关机' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '关机' }).click();
    await row(page, 'dns-7').waitFor({ state: 'detached' });
    await row(page, 'cache-8').waitFor({ state: 'detached' });
  });

  it('are shut down and rebooted after a question, which can be answered once for all', async () => {
    const page = await stage.open();
    await page.goto(await stage.instance('web-1'));
    await page.getByRole('button', { name: /重启$/ }).click();
    const question = page.getByRole('dialog').filter({ hasText: '重启云主机“web-1”？' });
    await question.getByRole('button', { name: '取消' }).click();
    await page.getByRole('button', { name: /重启$/ }).click();
    await question.getByRole('checkbox', { name: /不再询问/ }).check();
    await question.getByRole('button', { name: '重启' }).click();
    await expectVisible(page.getByText('重启云主机成功'));
    await page.getByRole('button', { name: /重启$/ }).click();
    await expectVisible(page.getByText('已提交：重启“web-1”'));
    await page.getByRole('button', { name: /^用户菜单/ }).click();
    await page.getByRole('menuitemcheckbox', { name: '关机、重启前询问', checked: false }).click();
  });

  it('that do not shut down can be switched off from the operation that failed', async () => {
    const page = await stage.open();
    await openCreate(page, 'ignore-shutdown-1');
    await submit(page);
    await expectVisible(row(page, 'ignore-shutdown-1').getByText('运行中'));
    await row(page, 'ignore-shutdown-1').getByRole('button', { name: '关机' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '关机' }).click();
    await expectVisible(page.getByText('关闭云主机失败'));
    await page.getByRole('link', { name: '查看操作详情' }).click();
    await page.getByRole('button', { name: '强制关机' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '强制关机' }).click();
    await expectVisible(page.getByText('强制关闭云主机成功'));
  });

  it('show their screen in the page, take Ctrl-Alt-Del, and connect anew', async () => {
    const page = await stage.open();
    await page.goto(await stage.instance('web-1'));
    await page.getByRole('tab', { name: '屏幕' }).click();
    await expectVisible(page.getByRole('status').getByText('已连接'));
    const screen = page.getByRole('region', { name: '云主机“web-1”的屏幕' });
    const corner = () =>
      screen.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(20, 100, 1, 1) ?? { data: [] };
        return [...data].slice(0, 3).join();
      });
    await expect.poll(corner).toBe('96,96,96');
    await page.getByRole('button', { name: '发送 Ctrl-Alt-Del' }).click();
    await expect.poll(corner).not.toBe('96,96,96');
    await page.getByRole('button', { name: '重新连接' }).click();
    await expectVisible(page.getByRole('status').getByText('已连接'));
  });

  it('have a serial console that can be typed into, and left by keyboard', async () => {
    const page = await stage.open();
    await page.goto(`${await stage.instance('web-1')}/serial`);
    await expectVisible(page.getByRole('status').getByText('已连接'));
    const terminal = page.getByRole('region', { name: '云主机“web-1”的串口终端' });
    await expect.poll(() => terminal.textContent()).toContain('Simulated machine web-1');
    await page.keyboard.type('uname\n');
    await expect.poll(() => terminal.textContent()).toContain('uname');
    await page.keyboard.press('Control+Alt+Shift');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('重新连接');
  });

  it('have consoles that come back by themselves, after a restart of the platform and of the guest', async () => {
    const page = await stage.open();
    await page.goto(`${await stage.instance('web-1')}/serial`);
    const terminal = page.getByRole('region', { name: '云主机“web-1”的串口终端' });
    const connected = page.getByRole('status').getByText('已连接');
    await expectVisible(connected);
    await page.keyboard.type('before\n');
    await expect.poll(() => terminal.textContent()).toContain('before');
    let again = page.waitForResponse(/serial-tickets$/);
    stage.world.door.cut();
    await again;
    await expectVisible(connected);
    // What was there before is still to be read, and the keyboard is where it was.
    await page.keyboard.type('after\n');
    await expect.poll(() => terminal.textContent()).toContain('after');
    expect(await terminal.textContent()).toContain('before');

    await page.getByRole('tab', { name: '屏幕' }).click();
    await expectVisible(connected);
    again = page.waitForResponse(/display-tickets$/);
    stage.world.door.cut();
    await again;
    await expectVisible(connected);
    await page.getByRole('button', { name: /关机$/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: '关机' }).click();
    await expectVisible(page.getByText('开机后可查看屏幕'));
    await page.getByRole('button', { name: /开机$/ }).click();
    await expectVisible(connected);
  });

  it('take keys that browsers keep for themselves, and text as keys; their picture can be saved', async () => {
    const page = await stage.open();
    await page.goto(`${await stage.instance('web-1')}/display`);
    await expectVisible(page.getByRole('status').getByText('已连接'));
    const keys = () => keysOf(stage, 'web-1');
    await page.getByRole('button', { name: '发送按键' }).click();
    await page.getByRole('menuitem', { name: '功能键' }).click();
    await page.getByRole('menuitem', { name: 'F12', exact: true }).click();
    await expect.poll(keys).toContain('ffc9');
    await page.getByRole('button', { name: '粘贴文本' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('ä');
    await page.keyboard.press('Control+Enter');
    await expectVisible(dialog.getByText('键盘上没有这些字符：ä'));
    await dialog.getByRole('textbox').fill('Hi!');
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(keys).toMatch(/ffe1,48,69,ffe1,21$/);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: '截图' }).click();
    expect((await saved).suggestedFilename()).toMatch(/^web-1-20.*\.png$/);
  });

  it('show their screen above the fold, with its buttons in full screen too, and in a window of its own', async () => {
    const page = await stage.open({ viewport: { width: 1280, height: 720 } });
    await page.goto(`${await stage.instance('web-1')}/display`);
    await expectVisible(page.getByRole('status').getByText('已连接'));
    const screen = page.getByRole('region', { name: '云主机“web-1”的屏幕' });
    const box = await screen.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(720);
    await page.getByRole('button', { name: '全屏', exact: true }).click();
    await expectVisible(page.getByRole('button', { name: '退出全屏' }));
    await page.getByRole('button', { name: '发送按键' }).click();
    await expectVisible(page.getByRole('menuitem', { name: '功能键' }));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '退出全屏' }).click();
    const opened = page.context().waitForEvent('page');
    await page.getByRole('button', { name: '独立窗口' }).click();
    const own = await opened;
    await expectVisible(own.getByRole('status').getByText('已连接'));
    expect(await own.getByRole('navigation').count()).toBe(0);
    expect(await own.title()).toBe('云主机“web-1”的屏幕');
  });

  it('show charts, placement and what was done', async () => {
    const page = await stage.open();
    await page.goto(await stage.instance('web-1'));
    await expectVisible(page.getByRole('img', { name: /^处理器：当前 \d/ }));
    await expectVisible(page.getByText('已选中'));
    await page.getByRole('tab', { name: '操作与事件' }).click();
    await expectVisible(page.getByText('云主机状态变为“运行中”'));
  });
});

const aHundredThousand = { prepare: ({ store }: World) => addInstanceRows(store, 100_000) };
describeInBrowser('a hundred thousand instances', aHundredThousand, (stage) => {
  it('cost the browser no more than ten do: one page of rows is asked for, and one is drawn', async () => {
    const page = await stage.open();
    const sizes: number[] = [];
    page.on('response', async (response) => {
      if (/\/api\/v1\/instances\?/.test(response.url())) sizes.push((await response.body()).length);
    });
    await page.goto('/instances');
    await row(page, 'web-1').waitFor();
    await page.getByRole('button', { name: '下一页' }).click();
    await row(page, 'web-1').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '上一页' }).click();
    await row(page, 'web-1').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThanOrEqual(52);
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...sizes)).toBeLessThan(100_000);
  });
});
