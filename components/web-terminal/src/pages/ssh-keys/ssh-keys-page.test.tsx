// @vitest-environment jsdom
/** The page as somebody uses it, by role and label; what it sends is caught where it would leave the browser. */
import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { pageInJsdom } from '../../testing/page-in-jsdom.tsx';
import { Component } from './ssh-keys-page.tsx';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNkKpYBnFzlqhjBjvyCpFq0mSbbbWmqSPlAGZ0Kw9Bn ann@laptop';
const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n';
const key = {
  id: 'k',
  name: 'id_ed25519',
  type: 'ssh-ed25519',
  bits: 256,
  fingerprint: 'SHA256:abc',
  comment: 'ann@laptop',
};

let keys: object[];
beforeEach(() => {
  keys = [];
});
const { open, sent } = pageInJsdom(Component, ({ method }) => {
  if (method === 'GET') return { items: keys, nextCursor: null };
  keys = method === 'POST' ? [{ ...key, publicKey, createdAt: '2026-01-01T00:00:00Z' }] : [];
  return keys[0];
});
const file = (name: string, text: string) => new File([text], name, { type: 'text/plain' });
const chooser = () => document.querySelector<HTMLInputElement>('input[type=file]') ?? expect.fail('no chooser');

it('adds a key from a file and deletes it after a question; a private key goes nowhere', async () => {
  const user = await open('zh-CN');
  expect(await screen.findByText('还没有 SSH 密钥')).toBeTruthy();
  expect(screen.getByText(/ssh-keygen -t ed25519/)).toBeTruthy();
  await user.click(screen.getAllByRole('button', { name: /添加 SSH 密钥/ }).at(-1) as HTMLElement);
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: /创\s*建/ }));
  expect((await dialog.findAllByText('此项必填')).length).toBe(2);

  await user.upload(chooser(), file('id_ed25519', privateKey));
  expect(await dialog.findByText(/^是私钥/)).toBeTruthy();
  const field = dialog.getByLabelText<HTMLTextAreaElement>('公钥');
  expect(field.value).toBe('');
  await user.upload(chooser(), file('huge.pub', 'x'.repeat(10_000)));
  expect(await dialog.findByText('文件过大，不是公钥文件')).toBeTruthy();
  await user.upload(chooser(), file('id_ed25519.pub', `${publicKey}\n`));
  await waitFor(() => expect(field.value).toBe(publicKey));
  expect(dialog.getByLabelText<HTMLInputElement>('名称').value).toBe('id_ed25519');
  expect(sent).toEqual([]);
  await user.type(dialog.getByLabelText('名称'), '{Enter}');
  expect(await screen.findByText('SHA256:abc')).toBeTruthy();
  expect(sent).toEqual([{ method: 'POST', path: '/ssh-keys', body: { name: 'id_ed25519', publicKey } }]);

  await user.click(screen.getByRole('button', { name: '删除 id_ed25519' }));
  const question = within(await screen.findByRole('dialog', { name: /删除 SSH 密钥“id_ed25519”？/ }));
  expect(sent).toHaveLength(1);
  await user.click(question.getByRole('button', { name: /删\s*除/ }));
  expect(await screen.findByText('还没有 SSH 密钥')).toBeTruthy();
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', path: '/ssh-keys/k' });
});

it('says in English, beside the field, that a pasted key is a private one', async () => {
  const user = await open('en-US');
  expect(await screen.findByText('No SSH keys yet')).toBeTruthy();
  await user.click(screen.getAllByRole('button', { name: /Add SSH key/ })[0] as HTMLElement);
  const dialog = within(await screen.findByRole('dialog'));
  await user.type(dialog.getByLabelText('Name'), 'laptop');
  await user.click(dialog.getByLabelText('Public key'));
  await user.paste(privateKey);
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(await dialog.findByText(/^Is a private key/)).toBeTruthy();
  expect(sent).toEqual([]);
});

it('says why a viewer can neither add nor delete', async () => {
  keys = [{ ...key, publicKey, createdAt: '2026-01-01T00:00:00Z' }];
  await open('en-US', 'viewer');
  await screen.findByText('SHA256:abc');
  for (const name of [/Add SSH key/, 'Delete id_ed25519']) {
    const button = screen.getByRole<HTMLButtonElement>('button', { name });
    expect(button.disabled).toBe(true);
    const reason = document.getElementById(button.getAttribute('aria-describedby') ?? '');
    expect(reason?.textContent).toBe('Your role does not allow it');
  }
});
