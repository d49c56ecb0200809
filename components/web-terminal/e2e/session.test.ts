import { insecureFetch } from '@zhiyun/sim-world';
import { expect, it } from 'vitest';
import { describeInBrowser, expectVisible } from './stage.ts';

describeInBrowser('session', { instances: 20 }, (stage) => {
  it('signs in, says why it does not, and goes on to where one wanted to be', async () => {
    const page = await stage.open({ username: null });
    await page.goto('/nodes');
    await page.getByLabel('用户名').fill('admin');
    await page.getByLabel('密码', { exact: true }).fill('wrong');
    const submit = page.getByRole('button', { name: '登录' });
    // Its colours are plain CSS of our own, which a build could lose.
    expect(await submit.evaluate((button) => getComputedStyle(button).backgroundColor)).toBe('rgb(37, 99, 235)');
    await submit.click();
    await expectVisible(page.getByRole('alert').getByText('用户名或密码错误'));
    await page.getByLabel('密码', { exact: true }).fill(stage.world.password);
    await page.keyboard.press('Enter');
    await expectVisible(page.getByRole('heading', { name: '计算节点' }));
    expect(await page.title()).toBe('计算节点 · 致云');
    expect(new URL(page.url()).pathname).toBe('/nodes');
  });

  it('keeps no token where scripts could read it', async () => {
    const page = await stage.open({ username: null });
    await page.goto('/login');
    await page.getByLabel('用户名').fill('admin');
    await page.getByLabel('密码', { exact: true }).fill(stage.world.password);
    await page.keyboard.press('Enter');
    await expectVisible(page.getByRole('heading', { name: '总览' }));
    const readable = await page.evaluate(
      () => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }),
    );
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    expect(readable).not.toContain(cookies[0]?.value);
  });

  it('asks for a new password at the first login before anything else', async () => {
    const page = await stage.open({ username: 'first' });
    await page.goto('/instances');
    await expectVisible(page.getByRole('heading', { name: '设置新密码' }));
    const save = page.getByRole('button', { name: '保存并进入控制台' });
    await page.getByLabel('当前密码').fill(stage.world.password);
    await page.getByLabel('新密码', { exact: true }).fill('short');
    await page.getByLabel('再次输入新密码').fill('other');
    await save.click();
    await expectVisible(page.getByText('两次输入的密码不一致'));
    await page.getByLabel('新密码', { exact: true }).fill('a much longer one');
    await page.getByLabel('再次输入新密码').fill('a much longer one');
    await save.click();
    await expectVisible(page.getByRole('heading', { name: '云主机', exact: true }));
  });

  it('returns to the login when the session ends, and back to the page afterwards', async () => {
    const page = await stage.open({ fresh: true });
    const path = await stage.instance('web-1');
    await page.goto(path);
    await expectVisible(page.getByRole('heading', { name: 'web-1' }));
    // Ended elsewhere: the browser still has its cookie.
    const [cookie] = await page.context().cookies();
    const headers = { authorization: `Bearer ${cookie?.value}` };
    const ended = await insecureFetch(`${stage.world.url}/api/v1/sessions/current`, { method: 'DELETE', headers });
    expect(ended.status).toBe(204);
    // The charts ask every few seconds, which tells the page.
    await expectVisible(page.getByText('登录已失效，请重新登录。'));
    expect(new URL(page.url()).searchParams.get('from')).toBe(path);
    await page.getByLabel('用户名').fill('admin');
    await page.getByLabel('密码', { exact: true }).fill(stage.world.password);
    await page.keyboard.press('Enter');
    await expectVisible(page.getByRole('heading', { name: 'web-1' }));
    expect(new URL(page.url()).pathname).toBe(path);
  });

  it('signs out', async () => {
    const page = await stage.open({ fresh: true });
    await page.goto('/nodes');
    await page.getByRole('button', { name: '用户菜单：admin' }).click();
    await page.getByRole('menuitem', { name: '退出登录' }).click();
    await expectVisible(page.getByRole('heading', { name: '登录致云' }));
    // Nothing has gone wrong, and whoever comes next begins at the beginning.
    expect(await page.getByText('登录已失效').count()).toBe(0);
    expect(page.url()).toMatch(/\/login$/);
    await page.goto('/instances');
    await expectVisible(page.getByRole('heading', { name: '登录致云' }));
  });

  it('leads nobody to the page of somebody else', async () => {
    const page = await stage.open();
    await page.goto('/nodes');
    await expectVisible(page.getByRole('heading', { name: '计算节点' }));
    await page.context().clearCookies();
    await page.getByRole('link', { name: '事件', exact: true }).click();
    await page.getByLabel('用户名').fill('operator');
    await page.getByLabel('密码', { exact: true }).fill(stage.world.password);
    await page.keyboard.press('Enter');
    await expectVisible(page.getByRole('heading', { name: '总览' }));
  });

  it('hints at the first password only as long as it is the one', async () => {
    const page = await stage.open({ username: null });
    await page.route('**/api/v1/first-sign-in', (route) => route.fulfill({ json: { pending: true } }));
    await page.goto('/login');
    await expectVisible(page.getByText(/initial-admin-password/));
    await page.unroute('**/api/v1/first-sign-in');
    const told = page.waitForResponse(/first-sign-in/);
    await page.reload();
    await told;
    expect(await page.getByText(/initial-admin-password/).count()).toBe(0);
  });

  it('changes the language and the appearance, and remembers both', async () => {
    const page = await stage.open();
    await page.goto('/');
    await page.getByRole('button', { name: '切换语言' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await expectVisible(page.getByRole('heading', { name: 'Overview' }));
    await page.getByRole('button', { name: 'Switch appearance' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload();
    await expectVisible(page.getByRole('heading', { name: 'Overview' }));
    const look = await page.evaluate(() => [document.documentElement.lang, document.documentElement.style.colorScheme]);
    expect(look).toEqual(['en-US', 'dark']);
  });
});
