/**
 * The console of a real platform in a real browser, in Chinese, by role and label: first login, an image uploaded, an instance
 * created, its screen and its serial console in the page, a second host joining, lost and back in the picture of the domain, and
 * the instance deleted. With ZHIYUN_SCREENSHOTS=DIR it keeps pictures of what it saw.
 */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skippable, unmet } from '@zhiyun/testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testGuest } from './src/guest.ts';
import { type Platform, startPlatform, until } from './src/platform.ts';
import { type SecondHost, secondHost } from './src/second-host.ts';

const executablePath = '/usr/bin/chromium';
const missing = unmet({ rootFor: 'networks of guests', programs: [executablePath] });
const newPassword = 'a password of my own';

describe.skipIf(missing)(skippable('the console', missing), () => {
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  let files: string;
  let second: SecondHost;
  const complaints: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    second = await secondHost();
    files = await mkdtemp(join(tmpdir(), 'zhiyun-console-'));
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const context = await browser.newContext({
      reducedMotion: 'reduce',
      baseURL: platform.url,
      ignoreHTTPSErrors: true,
      locale: 'zh-CN',
      viewport: { width: 1440, height: 900 },
    });
    context.setDefaultTimeout(30_000);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
        complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await second?.[Symbol.asyncDispose]();
    await platform?.[Symbol.asyncDispose]();
    if (files) await rm(files, { recursive: true });
  });

  const picture = async (name: string) => {
    const directory = process.env.ZHIYUN_SCREENSHOTS;
    if (directory) await page.screenshot({ path: join(directory, `${name}.png`) });
  };
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(`failed-${task.name.slice(0, 20)}`);
  });
  const instanceRow = () =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name: 'web-1', exact: true }) });

  test('the first login asks for a password of one’s own', async () => {
    await page.goto('/');
    await page.getByLabel('用户名').fill('admin');
    await page.getByLabel('密码', { exact: true }).fill(platform.password);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('heading', { name: '设置新密码' }).waitFor();
    await page.getByLabel('当前密码').fill(platform.password);
    await page.getByLabel('新密码', { exact: true }).fill(newPassword);
    await page.getByLabel('再次输入新密码').fill(newPassword);
    await page.getByRole('button', { name: '保存并进入控制台' }).click();
    await page.getByRole('heading', { name: '总览' }).waitFor();
    await picture('overview-empty');
  });

  test('an image is uploaded and checked', async () => {
    const guest = join(files, 'guest.qcow2');
    await copyFile((await testGuest()).path, guest);
    await page.goto('/images?add=upload');
    await page.locator('input[type=file]').setInputFiles(guest);
    await page.getByRole('button', { name: '开始上传' }).click();
    await page.getByRole('row', { name: /guest/ }).getByText('可用').waitFor();
    await picture('images');
  });

  test('an instance is created in one form and seen to start', async () => {
    await page.goto('/instances?create=disk');
    const form = page.getByRole('dialog', { name: '创建云主机' });
    await form.getByText('guest').first().waitFor();
    await form.getByRole('textbox', { name: '名称' }).fill('web-1');
    await picture('create');
    await form.getByRole('button', { name: '创建', exact: true }).click();
    await instanceRow().getByText('运行中').waitFor();
    await picture('instances');
  });

  test('its screen is drawn in the page', async () => {
    await instanceRow().getByRole('link', { name: 'web-1', exact: true }).click();
    await page.getByRole('tab', { name: '屏幕' }).click();
    const canvas = page.locator('canvas').first();
    await canvas.waitFor();
    // Text mode of the firmware or the kernel: something other than one colour.
    await until(
      () =>
        canvas.evaluate((element) => {
          const { width, height } = element as HTMLCanvasElement;
          const pixels = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data;
          return pixels?.some((value, index) => index % 4 !== 3 && value > 100) ?? false;
        }),
      'text on the screen',
    );
    await picture('display');
  });

  test('its serial console takes what is typed', async () => {
    await page.getByRole('tab', { name: '串口' }).click();
    const terminal = page.locator('.xterm');
    await terminal.waitFor();
    const shows = (text: string) =>
      until(async () => ((await terminal.textContent()) ?? '').includes(text), `${text} in the terminal`);
    await shows('READY');
    await terminal.click();
    await page.keyboard.press('Enter');
    await shows('/ #');
    await page.keyboard.type('echo sum=$((40+2))');
    await page.keyboard.press('Enter');
    await shows('sum=42');
    await picture('serial');
  });

  test('its figures and the platform’s are drawn live', async () => {
    await page.getByRole('tab', { name: '概况' }).click();
    await page.locator('canvas').first().waitFor();
    await picture('instance');
    await page.goto('/');
    await page.locator('canvas').first().waitFor();
    await picture('overview');
  });

  test('a second host is seen to join the domain, to be lost and to come back', async () => {
    const card = (type: string, state: string) =>
      page.getByRole('application', { name: /^域图/ }).getByRole('button', {
        name: new RegExp(`^${type} server-2，${state}`),
      });
    const ties = page.getByRole('img', { name: /server-2/ });
    const allConnected = async () =>
      (await ties.count()) > 7 &&
      (await ties.evaluateAll((all) => all.every((tie) => /已连接/.test(tie.ariaLabel ?? ''))));
    await page.goto('/domain');
    await page.getByRole('button', { name: '添加服务器' }).click();
    const dialog = page.getByRole('dialog', { name: '添加服务器' });
    await dialog.getByRole('checkbox', { name: /存储服务器/ }).check();
    await dialog.getByRole('button', { name: '生成命令' }).click();
    const command = await dialog.getByText(/^\.\/zhiyun join/).innerText();
    const token = await dialog.getByText(/^zy1\./).innerText();
    await second.zhiyunWith(token, ...command.split(' ').slice(1), '--name', 'server-2');
    await dialog.getByText(/server-2 已加入（计算节点）/).waitFor();
    await picture('domain-joined');
    await dialog.getByRole('button', { name: '完成' }).click();
    await card('计算节点', '在线').waitFor();
    await until(allConnected, 'its links in the picture');
    await picture('domain');

    await second.kill();
    await card('计算节点', '离线').waitFor();
    await card('存储服务器', '离线').waitFor();
    await picture('domain-lost');
    await second.zhiyun('up', '--detach');
    await card('计算节点', '在线').waitFor();
    await until(allConnected, 'its links again');
    await card('计算节点', '在线').click();
    await page
      .getByRole('table', { name: '链路' })
      .getByRole('row', { name: /主控节点 已连接.*已连接/ })
      .waitFor();
    await picture('domain-selected');

    const inLanguage = (language: string) =>
      page.evaluate((text) => localStorage.setItem('zhiyun.preferences', text), JSON.stringify({ language }));
    await inLanguage('en-US');
    await page.goto('/domain');
    await page.getByRole('button', { name: /^Node server-2, Online/ }).waitFor();
    await picture('domain-english');
    await inLanguage('zh-CN');
  });

  test('it is deleted after its name was typed', async () => {
    await page.goto('/instances');
    await instanceRow()
      .getByRole('button', { name: /更多|操作/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: /删除/ }).click();
    const dialog = page.getByRole('dialog', { name: /删除云主机/ });
    await dialog.getByRole('textbox').fill('web-1');
    await dialog.getByRole('button', { name: '删除' }).click();
    await until(async () => (await instanceRow().count()) === 0, 'the instance to leave the list');
  });

  test('nothing went wrong in the page', () => {
    expect(complaints).toEqual([]);
  });
});
