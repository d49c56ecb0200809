import { expect, it } from 'vitest';
import { describeInBrowser, expectVisible, passing } from './stage.ts';

describeInBrowser('live', { instances: 20 }, (stage) => {
  it('shows what others do, by one event stream', async () => {
    const page = await stage.open();
    const streams: string[] = [];
    page.on('request', (request) => {
      if (request.headers().accept === 'text/event-stream') streams.push(request.url());
    });
    await page.goto('/instances');
    await expectVisible(page.getByRole('link', { name: 'web-1' }));
    await stage.world.admin.updateInstance({ params: { id: 'web-1' }, body: { name: 'renamed-by-another' } });
    await expectVisible(page.getByRole('link', { name: 'renamed-by-another' }));
    await page.getByRole('link', { name: '事件' }).click();
    await expectVisible(page.getByText('云主机由“web-1”更名为“renamed-by-another”'));
    expect(streams).toHaveLength(1);
  });

  it('shows the progress of running operations, and cancels one', async () => {
    const page = await stage.open();
    await page.goto('/instances?create=blank');
    const form = page.getByRole('dialog', { name: '创建云主机' });
    await form.getByText('debian-13-cloud').first().waitFor();
    await form.getByRole('textbox', { name: '名称' }).fill('new-1');
    await passing(stage, async () => {
      await form.getByRole('button', { name: '创建', exact: true }).click();
      await page.getByRole('button', { name: /^进行中的操作：\d/ }).click();
      await page.getByRole('link', { name: /new-1/ }).last().click();
      await expectVisible(page.getByRole('heading', { name: '创建云主机 · new-1' }));
      await page.getByRole('button', { name: '取消操作' }).click();
      const told = page.waitForResponse(/\/cancel$/);
      await page.getByRole('dialog').getByRole('button', { name: '取消操作' }).click();
      await told;
    });
    await expectVisible(page.getByText('创建云主机已取消'));
  });

  it('says that the connection is lost, goes on by asking, and says nothing once it is back', async () => {
    const page = await stage.open();
    await page.goto('/instances?search=web-9');
    await expectVisible(page.getByRole('link', { name: 'web-9', exact: true }));
    const isFeed = (url: URL) => url.pathname === '/api/v1/events';
    await page.route(isFeed, (route) =>
      route.request().headers().accept === 'text/event-stream' ? route.abort() : route.continue(),
    );
    stage.world.door.cut();
    await expectVisible(page.getByText('与平台的实时连接已断开'));
    await page.getByRole('button', { name: '开机', exact: true }).click();
    await expectVisible(page.getByRole('row', { name: /web-9/ }).getByText('运行中'));
    await page.unroute(isFeed);
    await page.getByText('与平台的实时连接已断开').waitFor({ state: 'detached', timeout: 30_000 });
  });

  it('says that a platform that hangs is not there, and shows what happened meanwhile once it is awake', async () => {
    const page = await stage.open();
    await page.goto('/instances?search=dns-7');
    await expectVisible(page.getByRole('link', { name: 'dns-7', exact: true }));
    stage.world.door.standStill();
    try {
      // Silence of 8 s, and a question that waits 5 s for its answer.
      await page.getByText('无法连接到平台').waitFor({ timeout: 40_000 });
      await page.getByRole('button', { name: '关机', exact: true }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: '关机' }).click();
    } finally {
      stage.world.door.goOn();
    }
    await page.getByText('无法连接到平台').waitFor({ state: 'detached' });
    await expectVisible(page.getByRole('row', { name: /dns-7/ }).getByText('已关机'));
  });
});
