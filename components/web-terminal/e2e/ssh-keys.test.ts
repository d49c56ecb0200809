/** SSH keys, by what is seen and by the keyboard; the truth is asked of the API. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser, expectVisible } from './stage.ts';

const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIKNkKpYBnFzlqhjBjvyCpFq0mSbbbWmqSPlAGZ0Kw9Bn';
const publicKey = `ssh-ed25519 ${blob} ann@laptop`;
const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n';

/** Bodies that the page has sent to make keys. */
function sentKeys(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/ssh-keys')) sent.push(request.postData() ?? '');
  });
  return sent;
}

async function namesOfKeys(page: Page): Promise<string[]> {
  const answer = await page.request.get('/api/v1/ssh-keys');
  return ((await answer.json()) as { items: { name: string }[] }).items.map(({ name }) => name);
}

describeInBrowser('SSH keys', { seed: 'full' }, (stage) => {
  it('are added from a file, never a private one, and deleted after a question', async () => {
    const page = await stage.open();
    const sent = sentKeys(page);
    await page.goto('/');
    await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: 'SSH 密钥' }).click();
    await expectVisible(page.getByText('还没有 SSH 密钥'));
    await expectVisible(page.getByText('ssh-keygen -t ed25519'));
    await page.getByRole('main').getByRole('table').getByRole('button', { name: '添加 SSH 密钥' }).click();

    const dialog = page.getByRole('dialog', { name: '添加 SSH 密钥' });
    await dialog.getByRole('button', { name: '创建' }).click();
    await expectVisible(dialog.getByText('此项必填'));
    const file = page.locator('input[type=file]');
    await file.setInputFiles({ name: 'id_ed25519', mimeType: 'text/plain', buffer: Buffer.from(privateKey) });
    await expectVisible(dialog.getByText(/^是私钥/));
    expect(await dialog.getByRole('textbox', { name: '公钥' }).inputValue()).toBe('');
    await file.setInputFiles({ name: 'id_ed25519.pub', mimeType: 'text/plain', buffer: Buffer.from(`${publicKey}\n`) });
    await expect.poll(() => dialog.getByRole('textbox', { name: '公钥' }).inputValue()).toBe(publicKey);
    expect(await dialog.getByRole('textbox', { name: '名称' }).inputValue()).toBe('id_ed25519');
    expect(sent).toEqual([]);
    await dialog.getByRole('textbox', { name: '名称' }).press('Enter');
    await expectVisible(page.getByText('已添加“id_ed25519”'));
    await expectVisible(page.getByRole('row', { name: /id_ed25519 .*SHA256:.* ann@laptop/ }));
    expect(sent).toHaveLength(1);

    await page.getByRole('button', { name: '删除 id_ed25519' }).click();
    const question = page.getByRole('dialog', { name: '删除 SSH 密钥“id_ed25519”？' });
    await question.getByRole('button', { name: /取\s*消/ }).click();
    expect(await namesOfKeys(page)).toEqual(['id_ed25519']);
    await page.getByRole('button', { name: '删除 id_ed25519' }).click();
    await question.getByRole('button', { name: /删\s*除/ }).click();
    await expectVisible(page.getByText('已删除“id_ed25519”'));
    await expectVisible(page.getByText('还没有 SSH 密钥'));
    expect(await namesOfKeys(page)).toEqual([]);
  });

  it('are added by the keyboard alone, in English, with what is wrong beside its field', async () => {
    const page = await stage.open({ preferences: { language: 'en-US' } });
    const sent = sentKeys(page);
    await page.goto('/ssh-keys');
    await page.getByRole('main').getByRole('button', { name: 'Add SSH key' }).first().focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add SSH key' });
    const name = dialog.getByRole('textbox', { name: 'Name' });
    await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type('laptop');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(privateKey);
    await page.keyboard.press('Control+Enter');
    await expectVisible(dialog.getByText(/^Is a private key/));
    expect(sent).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Public key' }).fill(publicKey);
    await page.keyboard.press('Control+Enter');
    await expectVisible(page.getByText('“laptop” was added'));

    // The same key once more: only the platform can know.
    await page.getByRole('main').getByRole('button', { name: 'Add SSH key' }).first().click();
    await name.fill('again');
    await dialog.getByRole('textbox', { name: 'Public key' }).fill(publicKey);
    await page.keyboard.press('Control+Enter');
    await expectVisible(dialog.getByText(/there already.*laptop/));
    expect(await namesOfKeys(page)).toEqual(['laptop']);
  });

  it('say why they cannot be added by who may only look', async () => {
    const page = await stage.open({ username: 'viewer' });
    await page.goto('/ssh-keys');
    await expectVisible(page.getByText('还没有 SSH 密钥'));
    const add = page.getByRole('main').getByRole('button', { name: '添加 SSH 密钥' }).first();
    expect(await add.isDisabled()).toBe(true);
    const reason = await add.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${reason}"]`).textContent()).toBe('您的角色没有此权限');
  });
});
