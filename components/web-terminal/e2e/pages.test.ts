/** Every page, wide and narrow, in both languages and looks: it is there, it fits, and nothing complains. */
import { expect, it } from 'vitest';
import { type Things, thingsOf, turnTo } from './screen-list.ts';
import { describeInBrowser, expectVisible } from './stage.ts';

const instances = 60;
const pagesOf = ({ ids }: Things): readonly (readonly [string, RegExp])[] => [
  ['/', /^(总览|Overview)$/],
  ['/instances', /^(云主机|Instances)$/],
  [`/instances/${ids.instance}`, /^web-1$/],
  [`/instances/${ids.instance}/activity`, /^web-1$/],
  ['/images', /^(镜像|Images)$/],
  ['/pools', /^(计算资源池|Compute pools)$/],
  [`/pools/${ids.pool}`, /^default$/],
  ['/nodes', /^(计算节点|Nodes)$/],
  [`/nodes/${ids.node}`, /^node-1$/],
  ['/domain', /^(域|Domain)$/],
  ['/domain?view=list', /^(域|Domain)$/],
  ['/operations', /^(操作|Operations)$/],
  [`/operations/${ids.failedOperation}`, /fail-launch-0/],
  ['/events', /^(事件|Events)$/],
];

describeInBrowser('pages', { instances }, (stage) => {
  it.each([
    ['wide, light, Chinese', { width: 1440, height: 900 }, { language: 'zh-CN', theme: 'light' }],
    ['narrow, dark, English', { width: 375, height: 812 }, { language: 'en-US', theme: 'dark' }],
  ] as const)('fit: %s', async (_name, viewport, preferences) => {
    const page = await stage.open({ viewport, preferences });
    for (const [path, heading] of pagesOf(await thingsOf(stage.world))) {
      // Wide, each is opened by its address; narrow, gone to from the one before.
      if (viewport.width > 1_000 || path === '/') await page.goto(path);
      else await turnTo(page, path);
      await expectVisible(page.getByRole('heading', { level: 1, name: heading }));
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${path} is wider than the window`).toBeLessThanOrEqual(0);
      expect(await page.title()).toContain(preferences.language === 'zh-CN' ? '致云' : 'Zhiyun');
    }
  });

  it('are reached by keyboard alone', async () => {
    const page = await stage.open();
    await page.goto('/');
    await expectVisible(page.getByRole('heading', { name: '总览' }));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '事件' }).focus();
    await page.keyboard.press('Enter');
    await expectVisible(page.getByRole('heading', { name: '事件' }));
  });

  it('are reached by the drawer menu on narrow screens', async () => {
    const page = await stage.open({ viewport: { width: 375, height: 812 } });
    await page.goto('/');
    await page.getByRole('button', { name: '打开导航菜单' }).click();
    await page.getByRole('dialog').getByRole('link', { name: '计算节点' }).click();
    await expectVisible(page.getByRole('heading', { name: '计算节点' }));
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('create, change and keep pools', async () => {
    const page = await stage.open();
    await page.goto('/pools');
    await page.getByRole('button', { name: '创建资源池' }).click();
    const name = page.getByRole('dialog', { name: '创建计算资源池' }).getByRole('textbox', { name: '名称' });
    await name.fill('default');
    await page.getByRole('button', { name: '创建', exact: true }).click();
    await expectVisible(page.getByText('名称已被使用'));
    await name.fill('edge');
    await page.getByRole('button', { name: '创建', exact: true }).click();
    await expectVisible(page.getByRole('link', { name: 'edge' }));
    await page.getByRole('button', { name: 'default 的更多操作' }).click();
    await expectVisible(page.getByRole('menuitem', { name: /删除.*池内还有 \d+ 台云主机/ }));
  });

  it('pause the scheduling of a node, and refuse to move one that holds instances', async () => {
    const page = await stage.open();
    await page.goto('/nodes');
    const toggle = page.getByRole('switch', { name: '节点 node-2 接受调度' });
    await toggle.click();
    await expectVisible(page.getByText('已暂停“node-2”的调度'));
    await expect.poll(() => toggle.isChecked()).toBe(false);
    await page.getByRole('button', { name: '编辑: node-2' }).click();
    const dialog = page.getByRole('dialog', { name: '编辑节点' });
    await dialog.getByRole('combobox', { name: '计算资源池' }).click();
    await page.getByTitle('lab').click();
    await dialog.getByRole('button', { name: '保存' }).click();
    await expectVisible(dialog.getByRole('alert').getByText(/node-2”上有 \d+ 台/));
  });

  it('say that an address leads nowhere', async () => {
    const page = await stage.open();
    await page.goto('/nowhere');
    await expectVisible(page.getByText('页面不存在'));
    await page.goto('/instances/gone');
    await expectVisible(page.getByText('链接可能已失效'));
    await page.getByRole('link', { name: '返回“云主机”' }).click();
    await expectVisible(page.getByRole('heading', { name: '云主机', exact: true }));
  });

  it('of what somebody else deletes say so, and by whom, instead of offering what cannot be done', async () => {
    const page = await stage.open();
    await page.goto('/instances?search=build-13');
    await page.getByRole('link', { name: 'build-13' }).click();
    await expectVisible(page.getByRole('button', { name: '重启' }));
    await page.request.delete('/api/v1/instances/build-13');
    await expectVisible(page.getByRole('heading', { level: 1, name: '云主机“build-13”已被删除' }));
    await expectVisible(page.getByText(/由 admin 于 .* 删除/));
    expect(await page.getByRole('button', { name: '重启' }).count()).toBe(0);
    await page.getByRole('link', { name: '查看操作详情' }).click();
    await page.getByRole('link', { name: 'build-13' }).click();
    await expectVisible(page.getByText(/由 admin 于 .* 删除/));
  });

  it('load a part of theirs again that was cut off, and once as a whole when it is not to be had', async () => {
    const page = await stage.open();
    const loads: string[] = [];
    page.on('request', (request) => {
      if (request.isNavigationRequest()) loads.push(request.url());
    });
    await page.goto('/');
    await expectVisible(page.getByRole('heading', { name: '总览' }));
    let cuts = 1;
    await page.route(/\/assets\/pools-page/, (route) => (cuts-- > 0 ? route.abort() : route.continue()));
    await page.getByRole('link', { name: '计算资源池' }).click();
    await expectVisible(page.getByRole('heading', { name: '计算资源池' }));
    expect(loads).toHaveLength(1);

    await page.route(/\/assets\/events-page/, (route) => route.abort());
    await page.getByRole('link', { name: '事件', exact: true }).click();
    await expectVisible(page.getByText('页面没有完整加载'));
    expect(loads).toHaveLength(2);
    await page.unroute(/\/assets\/events-page/);
    await page.getByRole('button', { name: '重新加载' }).click();
    await expectVisible(page.getByRole('heading', { name: '事件' }));
  });
});

describeInBrowser('an empty platform', { seed: 'empty' }, (stage) => {
  it('tells the next step', async () => {
    const page = await stage.open();
    await page.goto('/');
    await page.getByRole('link', { name: '上传镜像' }).click();
    await expectVisible(page.getByRole('dialog', { name: '添加镜像' }));
    await page.goto('/instances');
    await expectVisible(page.getByText('还没有云主机'));
  });
});
