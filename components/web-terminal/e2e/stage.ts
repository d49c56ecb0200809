/**
 * One browser and one whole platform on simulated machines for a file of tests; a new page, as a new visitor, for each test. The
 * platform is real but for its machines: see `sim/world`.
 */

import { oneServer, startFurnishedWorld, startWorld, untilOnline, type World, type WorldPlan } from '@zhiyun/sim-world';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest';
import { chromiumMissing, collectComplaints, launchBrowser, type OpenOptions, openPage } from './browser.ts';

export interface StageOptions {
  /** `empty`: one server with nothing in it. Default: furnished. */
  seed?: 'full' | 'empty';
  instances?: number;
  servers?: WorldPlan;
  /** Before the first page is opened. */
  prepare?: (world: World) => Promise<void>;
}

export interface VisitorOptions extends Omit<OpenOptions, 'baseURL' | 'storageState'> {
  username?: string | null;
  /** With a session of its own, which the test may end. */
  fresh?: boolean;
  /** Left open for the tests that follow, as long as none fails. */
  kept?: boolean;
}

export interface Stage {
  readonly world: World;
  open(options?: VisitorOptions): Promise<Page>;
  /** Path of a page about one thing, by the thing's name. */
  instance(name: string): Promise<string>;
}

type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>;

export async function startStageWorld(
  { seed = 'full', prepare, ...options }: StageOptions,
  console: string,
  postgresUrl: string,
): Promise<World> {
  const common = { postgresUrl, consoleDirectory: console };
  const world =
    seed === 'full'
      ? await startFurnishedWorld({ ...common, instances: 20, ...options })
      : await startWorld({ ...common, servers: oneServer });
  if (seed === 'empty') await untilOnline(world, 1);
  await prepare?.(world);
  return world;
}

/** As a browser would be after signing in. */
export async function signIn(browser: Browser, world: World, username: string): Promise<SignedIn> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const data = { username, password: world.password };
  const answer = await context.request.post(`${world.url}/api/v1/sessions`, { data });
  expect(answer.status()).toBe(201);
  const state = await context.storageState();
  await context.close();
  return state;
}

export function describeInBrowser(name: string, options: StageOptions, tests: (stage: Stage) => void): void {
  describe.skipIf(chromiumMissing)(chromiumMissing ? `${name} (skipped: ${chromiumMissing})` : name, () => {
    let world: World;
    let browser: Browser;
    let opened: { page: Page; complaints: string[]; kept: boolean }[] = [];
    const signedIn = new Map<string, Promise<SignedIn>>();
    beforeAll(async () => {
      [world, browser] = await Promise.all([
        startStageWorld(options, inject('builtConsole'), inject('postgresUrl')),
        launchBrowser(),
      ]);
    });
    afterEach(async ({ task }) => {
      const failed = task.result?.state === 'fail';
      if (failed) for (const { page } of opened) console.error(await whatIsSeen(page));
      const complaints = opened.flatMap((each) => each.complaints.splice(0));
      for (const { page, kept } of opened) if (failed || !kept) await page.context().close();
      opened = opened.filter(({ page }) => !page.isClosed());
      expect(complaints, 'what the browser complained of').toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await world?.[Symbol.asyncDispose]();
    });
    /** Signing in costs the Control Server a tenth of a second by design: once for each user. */
    function sessionOf(username: string): Promise<SignedIn> {
      const known = signedIn.get(username) ?? signIn(browser, world, username);
      signedIn.set(username, known);
      return known;
    }
    tests({
      get world() {
        return world;
      },
      async open({ username = 'admin', fresh = false, kept = false, ...given } = {}) {
        const signedInAs = async (name: string) => (fresh ? signIn(browser, world, name) : sessionOf(name));
        const page = await openPage(browser, {
          baseURL: world.url,
          viewport: { width: 1280, height: 900 },
          ...(username !== null && { storageState: await signedInAs(username) }),
          ...given,
        });
        opened.push({ page, complaints: collectComplaints(page), kept });
        return page;
      },
      async instance(instanceName) {
        return `/instances/${(await world.admin.getInstance({ params: { id: instanceName } })).id}`;
      },
    });
  });
}

/** For whoever reads why a test failed. */
async function whatIsSeen(page: Page): Promise<string> {
  const seen = page.getByRole('dialog').or(page.getByRole('alert')).or(page.locator('body'));
  const words = (await seen.allInnerTexts().catch(() => ['nothing'])).toReversed().join(' || ');
  return `${page.url()} shows:\n${words.replace(/\s*\n\s*/g, ' | ').slice(0, 2_500)}`;
}

/** Visible within the time the browser helper allows. */
export async function expectVisible(locator: ReturnType<Page['getByText']>): Promise<void> {
  await locator.first().waitFor({ state: 'visible' });
}

/** What nodes and Storage Servers are told meanwhile waits as long as it is looked at. */
export async function passing({ world }: Stage, look: () => Promise<void>): Promise<void> {
  world.gate.hold();
  try {
    await look();
  } finally {
    world.gate.open();
  }
}
