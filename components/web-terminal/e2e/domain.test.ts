import { addNodeRows, ended, largeCluster, longGone, type World } from '@zhiyun/sim-world';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { addToken } from './screen-list.ts';
import { describeInBrowser, expectVisible } from './stage.ts';

const picture = (page: Page) => page.getByRole('application', { name: /^域图/ });
const card = (page: Page, type: string, name: string, state = '') =>
  picture(page).getByRole('button', { name: new RegExp(`^${type} ${name}，${state}`) });
const panel = (page: Page) => page.getByRole('dialog').filter({ has: page.getByRole('table', { name: '链路' }) });
/** Where every card stands. */
const places = (page: Page) =>
  picture(page)
    .getByRole('button', { name: /node-\d/ })
    .evaluateAll((cards) => cards.map((each) => (each as HTMLElement).style.transform));

/** A Storage Server that alone has an image is not given up; where each went was a matter of room. */
async function moveImagesAway(world: World, from: string, to: string): Promise<void> {
  const { admin } = world;
  for (const { id, state, storageServer } of (await admin.listImages({ query: { limit: 100 } })).items) {
    if (storageServer?.name !== from) continue;
    const params = { id };
    const operation =
      state === 'ready'
        ? await admin.moveImage({ params, body: { storageServer: to } })
        : await admin.deleteImage({ params });
    expect(await ended(world, operation)).toMatchObject({ state: 'succeeded' });
  }
}

describeInBrowser('domain', { servers: largeCluster, prepare: addToken }, (stage) => {
  it('shows service groups, components and their links', async () => {
    const page = await stage.open();
    await page.goto('/');
    await page.getByRole('link', { name: '域', exact: true }).click();
    await expectVisible(page.getByRole('heading', { level: 1, name: '域' }));
    for (const group of ['Http 网关，2 个', '域服务器，2 个', '主控节点，3 个', '存储服务器，2 个', '计算节点，4 个']) {
      await expectVisible(picture(page).getByRole('group', { name: group }));
    }
    await expectVisible(card(page, '计算节点', 'node-4', '离线'));
    await expectVisible(picture(page).getByRole('img', { name: /^主控节点 node-1 与 计算节点 node-4：已断开/ }));
    await expectVisible(
      picture(page).getByRole('img', {
        name: /^Http 网关 node-1 与 主控节点 node-2：已连接 · (刚刚|\d+\s*(秒|分)钟?前)/,
      }),
    );
    // Not associated with each other.
    expect(
      await picture(page)
        .getByRole('img', { name: /^主控节点 node-1 与 主控节点/ })
        .count(),
    ).toBe(0);
  });

  it('opens a component by keyboard alone, with its links in both directions, and goes on to a peer', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await card(page, 'Http 网关', 'node-1').waitFor();
    await page.getByRole('button', { name: '添加服务器' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const links = panel(page).getByRole('table', { name: '链路' });
    await expectVisible(panel(page).getByText('Http 网关 · node-1'));
    await expectVisible(links.getByRole('row', { name: /node-4 计算节点 已断开/ }));
    await expectVisible(links.getByRole('row', { name: /node-2 主控节点 已连接.*已连接/ }));
    expect(new URL(page.url()).searchParams.get('component')).not.toBeNull();
    await links
      .getByRole('row', { name: /node-2 主控节点/ })
      .getByRole('button')
      .click();
    await expectVisible(panel(page).getByText('主控节点 · node-2'));
    await page.keyboard.press('Escape');
    await panel(page).waitFor({ state: 'hidden' });
  });

  it('shows a loss and the return live, and moves nothing', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await card(page, '存储服务器', 'node-2', '在线').waitFor();
    const before = await places(page);
    await stage.world.leave('node-2', 'storage-server');
    await expectVisible(card(page, '存储服务器', 'node-2', '离线'));
    await expectVisible(
      picture(page).getByRole('img', { name: /主控节点 node-1 与 存储服务器 node-2：已断开 · 刚刚/ }),
    );
    await stage.world.comeBack('node-2', 'storage-server');
    await expectVisible(card(page, '存储服务器', 'node-2', '在线'));
    expect(await places(page)).toEqual(before);
  });

  it('says on every page that no Data Server is there, as long as none is', async () => {
    const page = await stage.open();
    const words = '没有域服务器在线：已连接的照常工作，新的组件无法加入';
    await page.goto('/events');
    for (const name of ['node-1', 'node-2']) await stage.world.leave(name, 'data-server');
    await expectVisible(page.getByText(words));
    await stage.world.comeBack('node-1', 'data-server');
    await page.getByText(words).waitFor({ state: 'detached' });
    await stage.world.comeBack('node-2', 'data-server');
    await expectVisible(page.getByText('组件状态变为“离线”'));
  });

  it('adds a server by one command, and shows who joins', async () => {
    const page = await stage.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto('/domain');
    await page.getByRole('button', { name: '添加服务器' }).click();
    const dialog = page.getByRole('dialog', { name: '添加服务器' });
    await dialog.getByRole('checkbox', { name: /计算节点/ }).uncheck();
    await dialog.getByRole('button', { name: '生成命令' }).click();
    await expectVisible(dialog.getByText('请至少选择一个角色'));
    await dialog.getByRole('checkbox', { name: /存储服务器/ }).check();
    await dialog.getByRole('button', { name: '生成命令' }).click();
    await expectVisible(dialog.getByText('等待新服务器加入…'));
    const copied = async (label: string) => {
      await dialog.getByLabel(label, { exact: true }).getByRole('button', { name: '复制' }).click();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied('加入命令')).toBe('./zhiyun join --token - --role storage-server --detach');
    await stage.world.join('node-9', await copied('加入令牌'), ['storage-server']);
    await expectVisible(dialog.getByText('node-9 已加入（存储服务器）'));
    await dialog.getByText('等待新服务器加入…').waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: '查看' }).click();
    await expectVisible(panel(page).getByText('存储服务器 · node-9'));
    await expectVisible(card(page, '存储服务器', 'node-9', '在线'));
  });

  it('lists join tokens, and revokes one after asking', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await page.getByText('加入令牌').click();
    const row = page.getByRole('table', { name: '加入令牌' }).getByRole('row', { name: /计算节点.*存储服务器/ });
    await row.getByRole('button', { name: '撤销' }).click();
    await page.getByRole('dialog', { name: '撤销此加入令牌？' }).getByRole('button', { name: '撤销' }).click();
    await row.waitFor({ state: 'detached' });
    await expectVisible(page.getByText('没有有效的加入令牌'));
  });

  it('removes a component, and says so', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await card(page, '主控节点', 'node-3').click();
    await panel(page).getByRole('button', { name: '移除' }).click();
    const dialog = page.getByRole('dialog', { name: '将主控节点 node-3 移出域' });
    await expectVisible(dialog.getByText(/其他主控节点会接手/));
    expect(await dialog.getByRole('checkbox').count()).toBe(0);
    await dialog.getByRole('textbox').fill('node-3');
    await dialog.getByRole('button', { name: '移除' }).click();
    await expectVisible(page.getByText('移除组件成功'));
    await expectVisible(page.getByText('该组件已不在域中'));
    await expectVisible(picture(page).getByRole('group', { name: '主控节点，2 个' }));
  });

  it('asks whether a machine that is gone is lost for good', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await moveImagesAway(stage.world, 'node-2', 'node-1');
    await stage.world.leave('node-2', 'storage-server');
    await longGone(stage.world.store, { name: 'node-2', type: 'storage-server' }, 90);
    await page.reload();
    await card(page, '存储服务器', 'node-2', '离线').click();
    await panel(page).getByRole('button', { name: '移除' }).click();
    const dialog = page.getByRole('dialog', { name: /将存储服务器 node-2 移出域/ });
    await dialog.getByRole('textbox').fill('node-2');
    const confirm = dialog.getByRole('button', { name: '移除' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('checkbox', { name: /已经丢失/ }).check();
    await confirm.click();
    await card(page, '存储服务器', 'node-2').waitFor({ state: 'detached' });
  });

  it('gives up the instances of a node that is lost, after saying what becomes of them', async () => {
    const page = await stage.open();
    await longGone(stage.world.store, { name: 'node-4', type: 'node-client' }, 90);
    await page.goto('/domain');
    await card(page, '计算节点', 'node-4', '离线').click();
    await panel(page).getByRole('button', { name: '移除' }).click();
    const dialog = page.getByRole('dialog', { name: /将计算节点 node-4 移出域/ });
    await expectVisible(dialog.getByText(/其上的 \d+ 台云主机将变为“已丢失”.*磁盘不会被改动/));
    await dialog.getByRole('textbox').fill('node-4');
    await dialog.getByRole('checkbox', { name: /已经丢失/ }).check();
    await dialog.getByRole('button', { name: '移除' }).click();
    await card(page, '计算节点', 'node-4').waitFor({ state: 'detached' });
    await page.goto('/instances?search=lost-1');
    await expectVisible(page.getByRole('row', { name: /lost-1/ }).getByText('已丢失'));
  });

  it('says why a component cannot be removed', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await card(page, '计算节点', 'node-1').click();
    await expectVisible(panel(page).getByRole('button', { name: '移除' }).and(page.locator(':disabled')));
    await expectVisible(panel(page).getByText(/还有 \d+ 台云主机，请先删除/));
    await stage.world.leave('node-1', 'node-client');
    await expectVisible(panel(page).getByText('离线不到 60 秒，可能只是在重启'));
    await stage.world.comeBack('node-1', 'node-client');
    const viewer = await stage.open({ username: 'viewer' });
    await viewer.goto(page.url());
    await expectVisible(panel(viewer).getByText('您的角色没有此权限'));
  });
});

describeInBrowser('a domain on one server', { seed: 'empty' }, (stage) => {
  it('keeps what it cannot do without', async () => {
    const page = await stage.open();
    await page.goto('/domain');
    await card(page, '主控节点', 'node-1').click();
    await expectVisible(panel(page).getByText('这是最后一个在线的主控节点'));
  });
});

const fiveThousand = { prepare: ({ store }: World) => addNodeRows(store, 5, 4_996) };
describeInBrowser('a domain of 5,000 nodes', fiveThousand, (stage) => {
  it('is drawn at once: by counts, and few lines', async () => {
    const page = await stage.open();
    await page.goto('/');
    await expectVisible(page.getByRole('heading', { name: '总览' }));
    const begun = Date.now();
    await page.getByRole('link', { name: '域', exact: true }).click();
    const group = picture(page).getByRole('button', { name: /^计算节点，共 5,000 个：4,999 个在线/ });
    await group.waitFor();
    const took = Date.now() - begun;
    console.log(`The picture of 5,000 nodes stood after ${took} ms`);
    // A limit for what grows with the nodes; the machine may be busy.
    expect(took).toBeLessThan(60_000);
    // At least those of the one that is away; who looks for nodes that are only rows finds more.
    await expectVisible(picture(page).getByText(/^5,000 条链路，[\d,]+ 条异常$/));
    expect(await picture(page).getByRole('img', { name: / 与 / }).count()).toBeLessThan(60);
    expect(await picture(page).getByRole('button').count()).toBeLessThan(30);
    await group.focus();
    await page.keyboard.press('Enter');
    const table = page.getByRole('table', { name: '组件列表' });
    await expectVisible(table.getByRole('button', { name: 'node-1', exact: true }));
    await page.getByRole('searchbox', { name: '按名称搜索' }).fill('node-4711');
    await table.getByRole('button', { name: 'node-4711' }).click();
    await expectVisible(panel(page).getByText('计算节点 · node-4711'));
  });
});
