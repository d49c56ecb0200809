/**
 * The console of a real platform in a real browser, in Chinese, by role and label: first login, an image uploaded, an instance
 * created, its screen and its serial console in the page, deleted. With ZHIYUN_SCREENSHOTS=DIR it keeps pictures of what it saw.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testGuest } from './src/guest.ts';
import { type Platform, startPlatform, until } from './src/platform.ts';

const executablePath = '/usr/bin/chromium';
const missing =
  process.getuid?.() !== 0
    ? 'networks of guests need root'
    : existsSync(executablePath)
      ? undefined
      : 'Chromium is not installed';
if (missing) console.log(`skipped: ${missing}`);
const newPassword = 'a password of my own';

describe.skipIf(missing)('the console', () => {
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  let files: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
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
