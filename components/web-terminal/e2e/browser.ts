/** Debian's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Why there are no tests in a browser; undefined: there are. */
export const chromiumMissing = existsSync(chromiumPath) ? undefined : `not installed: ${chromiumPath}`;

/** With a profile of its own, removed when it closes; it talks to nobody but us. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
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
}

export interface OpenOptions extends Omit<BrowserContextOptions, 'baseURL'> {
  baseURL: string;
  /** Remembered by the browser beforehand. */
  preferences?: { language?: string; theme?: string; pageSize?: number };
}

/** A page in a context of its own, which `storageState` may have signed in. */
export async function openPage(browser: Browser, { preferences, ...options }: OpenOptions): Promise<Page> {
  // Animations that are overtaken by the next click leave things half gone; who has asked for less motion is spared them.
  const context = await browser.newContext({
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    // The platform's own authority signs it; that a browser can be told to trust it is tested elsewhere.
    ignoreHTTPSErrors: true,
    ...options,
  });
  context.setDefaultTimeout(20_000);
  if (preferences) {
    await context.addInitScript(
      (value) => localStorage.setItem('zhiyun.preferences', value),
      JSON.stringify(preferences),
    );
  }
  return context.newPage();
}

/** Everything that went wrong in the page: errors, refusals by the policy, and React's and Ant Design's warnings. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // A refused request is said by the browser as well as by the page.
    if (/Failed to load resource|net::ERR/.test(text)) return;
    if (message.type() === 'error' || /^Warning:|deprecated/.test(text)) complaints.push(`${message.type()}: ${text}`);
  });
  return complaints;
}
