/** Every page and dialog, in both languages and looks: axe-core finds nothing moderate or worse. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violations } from './axe.ts';
import { addRest, ready, type Screen, screens, thingsOf, turnTo } from './screen-list.ts';
import { describeInBrowser, type Stage } from './stage.ts';

type Language = 'zh-CN' | 'en-US';
const rows = 20;

/** What belongs to the frame or to nobody stays open when the page changes; and who is nowhere cannot leave for there. */
const opensAnew = ['instance-stop', 'user-menu', 'change-password', 'running', 'not-found'];

/** One page for each language, which goes on from screen to screen; who is somebody else opens one of his own. */
function visitor(stage: Stage) {
  const open = new Map<Language, Page>();
  return async ({ name, path, username = 'admin' }: Screen, language: Language): Promise<Page> => {
    const address = path(await thingsOf(stage.world));
    const kept = username === 'admin' && !opensAnew.includes(name);
    const known = open.get(language);
    if (kept && known && !known.isClosed()) {
      await known.emulateMedia({ colorScheme: 'light' });
      await turnTo(known, address);
      return known;
    }
    const page = await stage.open({
      username,
      kept,
      viewport: { width: 1440, height: 900 },
      preferences: { language, theme: 'system', pageSize: rows },
      colorScheme: 'light',
    });
    if (kept) open.set(language, page);
    await page.goto(address);
    return page;
  };
}

/** The look is changed under the page as it stands. */
async function findings(page: Page, { prepare }: Screen): Promise<string[]> {
  await ready(page);
  await prepare?.(page);
  // What is being sent or drawn is not what one reads.
  await page.waitForFunction(() => !document.querySelector('.ant-btn-loading, .ant-spin-spinning'));
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((look) => document.documentElement.style.colorScheme === look, colorScheme);
    for (const line of await violations(page)) found.push(`${colorScheme}: ${line}`);
  }
  expect(await page.locator('h1').count(), 'headings of the first level').toBe(1);
  return found;
}

/** In turn: each page in one language, the next in the other; the words matter little to axe, the looks much. */
const withLanguage = screens
  .filter(({ seed }) => seed !== 'large')
  .map((screen, index) => ({ ...screen, language: (index % 2 === 0 ? 'zh-CN' : 'en-US') as Language }));

// More than a page of the list holds: the work of axe grows with the rows.
describeInBrowser('accessibility', { instances: rows + 4, prepare: addRest }, (stage) => {
  const visit = visitor(stage);
  it.each(withLanguage.filter(({ seed }) => seed === undefined))('$name ($language)', async (screen) => {
    expect(await findings(await visit(screen, screen.language), screen)).toEqual([]);
  });

  it('the focus comes back after a dialog, and stays in the page after a deletion', async () => {
    const page = await stage.open();
    await page.goto('/instances');
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName);
    const menu = page.getByRole('button', { name: 'cache-8 的更多操作' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /重命名/ }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('cache-8 的更多操作');
    await page.getByRole('button', { name: '创建云主机' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('debian-13-cloud').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('创建云主机');

    await menu.click();
    await page.getByRole('menuitem', { name: /删除/ }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('cache-8');
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await page.getByRole('link', { name: 'cache-8', exact: true }).waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('H1');
  });
});

describeInBrowser('accessibility of an empty platform', { seed: 'empty' }, (stage) => {
  const visit = visitor(stage);
  it.each(withLanguage.filter(({ seed }) => seed === 'empty'))('$name ($language)', async (screen) => {
    expect(await findings(await visit(screen, screen.language), screen)).toEqual([]);
  });
});
