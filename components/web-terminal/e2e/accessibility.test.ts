/** Every page and dialog, in both languages and looks: axe-core finds nothing moderate or worse. */
import { expect, it } from 'vitest';
import { violations } from './axe.ts';
import { addRest, instances, ready, type Screen, screens, thingsOf } from './screen-list.ts';
import { describeInBrowser, expectVisible, type Stage } from './stage.ts';

/** The look is changed under the page as it stands: opening it again is most of the work. */
async function findings(stage: Stage, screen: Screen, language: 'zh-CN' | 'en-US'): Promise<string[]> {
  const { path, username = 'admin', prepare } = screen;
  const page = await stage.open({
    username,
    viewport: { width: 1440, height: 900 },
    preferences: { language, theme: 'system' },
    colorScheme: 'light',
  });
  await page.goto(path(await thingsOf(stage.world)));
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
  .map((screen, index) => ({ ...screen, language: index % 2 === 0 ? ('zh-CN' as const) : ('en-US' as const) }));

describeInBrowser('accessibility', { instances, prepare: addRest }, (stage) => {
  it.each(withLanguage.filter(({ seed }) => seed === undefined))('$name ($language)', async (screen) => {
    expect(await findings(stage, screen, screen.language)).toEqual([]);
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
  it.each(withLanguage.filter(({ seed }) => seed === 'empty'))('$name ($language)', async (screen) => {
    const page = await stage.open();
    await page.goto('/');
    await expectVisible(page.getByRole('heading', { level: 1 }));
    expect(await findings(stage, screen, screen.language)).toEqual([]);
  });
});
