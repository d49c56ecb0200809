import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { seededId } from '../mock-api/seed.ts';
import { describeInBrowser, expectVisible, passing } from './stage.ts';

const instances = 137;
const web1 = `/instances/${seededId('instance', instances)}`;
const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
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
    await passing(page, async () => {
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
    await expectVisible(page.getByText('名称已被使用'));
    await page.getByRole('dialog').getByRole('textbox', { name: '名称' }).fill('-x');
    await submit(page);
    await expectVisible(page.getByText(/须以字母、数字或汉字开头/));
  });

  it('say which node lacks what when the pool cannot hold one', async () => {
    const page = await stage.open();
    await openCreate(page, 'insufficient-capacity');
    await submit(page);
    const alert = page.getByRole('dialog').getByRole('alert').filter({ hasText: '资源池容量不足' });
    await expectVisible(alert.getByText(/node-1: 1\.2 GiB of memory short/));
  });

  it('tell of a failed start, with the way to its reasons', async () => {
    const page = await stage.open();
    await openCreate(page, 'launch-failed-1');
    await submit(page);
    await expectVisible(page.getByText('创建云主机失败'));
    await page.getByRole('link', { name: '查看操作详情' }).click();
    await expectVisible(page.getByRole('heading', { name: '创建云主机 · launch-failed-1' }));
    await expectVisible(page.getByText('cannot set up guest memory').first());
    await expectVisible(page.getByText('已撤销').first());
  });

  it('keep search, filter, sort and page in the address', async () => {
    const page = await stage.open();
    await page.goto('/instances');
    await page.getByRole('searchbox', { name: '按名称搜索' }).fill('测试');
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

  it('show their screen in the page, take Ctrl-Alt-Del, and connect anew', async () => {
    const page = await stage.open();
    await page.goto(web1);
    await page.getByRole('tab', { name: '屏幕' }).click();
    await expectVisible(page.getByRole('status').getByText('已连接'));
    const screen = page.getByRole('region', { name: '云主机“web-1”的屏幕' });
    const corner = () =>
      screen.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(20, 200, 1, 1) ?? { data: [] };
        return [...data].slice(0, 3).join();
      });
    await expect.poll(corner).toBe('216,222,233');
    await page.getByRole('button', { name: '发送 Ctrl-Alt-Del' }).click();
    await expect.poll(corner).not.toBe('216,222,233');
    await page.getByRole('button', { name: '重新连接' }).click();
    await expectVisible(page.getByRole('status').getByText('已连接'));
  });

  it('have a serial console that can be typed into, and left by keyboard', async () => {
    const page = await stage.open();
    await page.goto(`${web1}/serial`);
    await expectVisible(page.getByRole('status').getByText('已连接'));
    const terminal = page.getByRole('region', { name: '云主机“web-1”的串口终端' });
    await expect.poll(() => terminal.textContent()).toContain('root@web-1:~#');
    await page.keyboard.type('uname\n');
    await expect.poll(() => terminal.textContent()).toContain('Linux');
    await page.keyboard.press('Control+Alt+Shift');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('重新连接');
  });

  it('show charts, placement and what was done', async () => {
    const page = await stage.open();
    await page.goto(web1);
    await expectVisible(page.getByRole('img', { name: /^处理器：当前 \d/ }));
    await expectVisible(page.getByText('已选中'));
    await page.getByRole('tab', { name: '操作与事件' }).click();
    await expectVisible(page.getByText('云主机状态变为“运行中”'));
  });
});

describeInBrowser('a hundred thousand instances', { instances: 100_000 }, (stage) => {
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
