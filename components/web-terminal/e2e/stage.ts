/** One browser and one console with its mock for a file of tests; a new page, as a new visitor, for each test. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest';
import type { MockApiOptions } from '../mock-api/mock-api.ts';
import { chromiumMissing, collectComplaints, launchBrowser, type OpenOptions, openPage } from './browser.ts';
import { type ConsoleServer, serveConsole } from './console-server.ts';

export interface Stage {
  open(options?: Omit<OpenOptions, 'baseURL'>): Promise<Page>;
}

/** Operations end within a second. Whoever wants to see one while it runs holds it (`passing`). */
const pace = 120;

export function describeInBrowser(name: string, options: MockApiOptions, tests: (stage: Stage) => void): void {
  describe.skipIf(chromiumMissing)(chromiumMissing ? `${name} (skipped: ${chromiumMissing})` : name, () => {
    let server: ConsoleServer;
    let browser: Browser;
    let opened: { page: Page; complaints: string[] }[] = [];
    beforeAll(async () => {
      server = await serveConsole(inject('builtConsole'), { pace, ...options });
      browser = await launchBrowser();
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') for (const { page } of opened) console.error(await whatIsSeen(page));
      const complaints = opened.flatMap((each) => each.complaints);
      for (const { page } of opened) await page.context().close();
      opened = [];
      expect(complaints, 'what the browser complained of').toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.[Symbol.asyncDispose]();
    });
    tests({
      async open(given = {}) {
        const page = await openPage(browser, {
          baseURL: server.url,
          viewport: { width: 1280, height: 900 },
          username: 'admin',
          ...given,
        });
        opened.push({ page, complaints: collectComplaints(page) });
        return page;
      },
    });
  });
}

/** For whoever reads why a test failed. */
async function whatIsSeen(page: Page): Promise<string> {
  const words = await page.locator('body').innerText().catch(String);
  return `${page.url()} shows:\n${words.replace(/\s*\n\s*/g, ' | ').slice(0, 1_500)}`;
}

/** Visible within the time the browser helper allows. */
export async function expectVisible(locator: ReturnType<Page['getByText']>): Promise<void> {
  await locator.first().waitFor({ state: 'visible' });
}

/** What happens at other machines; see the mock's README. */
export async function outside(page: Page, what: string): Promise<void> {
  const response = await page.request.post(`/mock/${what}`);
  expect(response.status()).toBe(204);
}

/** Operations begun meanwhile stand still as long as they are looked at. */
export async function passing(page: Page, look: () => Promise<void>): Promise<void> {
  await outside(page, 'hold');
  try {
    await look();
  } finally {
    await outside(page, 'go-on');
  }
}
