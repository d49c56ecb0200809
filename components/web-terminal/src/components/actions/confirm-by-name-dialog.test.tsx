// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { pageInJsdom } from '../../testing/page-in-jsdom.tsx';
import ConfirmByNameDialog from './confirm-by-name-dialog.tsx';

const onConfirm = vi.fn(async () => {});
beforeEach(() => void onConfirm.mockClear());
const { open } = pageInJsdom(
  () => (
    <ConfirmByNameDialog
      {...{ title: 'Delete web-1', warning: 'Gone for good', name: 'web-1', confirmLabel: 'Delete' }}
      onConfirm={onConfirm}
      onClose={() => {}}
    />
  ),
  () => undefined,
);

const field = () => screen.findByRole('textbox');
const isDisabled = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Delete' }).disabled;

it('takes an Enter that comes with the last letter', async () => {
  const user = await open('en-US');
  const typed = await field();
  fireEvent.change(typed, { target: { value: 'web-1' } });
  // At once, without a turn of the loop: browsers drop an Enter whose button is disabled.
  expect(isDisabled()).toBe(false);
  typed.focus();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(onConfirm).toHaveBeenCalledOnce());
});

it('confirms nothing while the name is another, also after it was right', async () => {
  const user = await open('en-US');
  const typed = await field();
  fireEvent.change(typed, { target: { value: 'web-1' } });
  fireEvent.change(typed, { target: { value: 'web-12' } });
  expect(isDisabled()).toBe(true);
  expect(await screen.findByText('The name does not match')).toBeTruthy();
  typed.focus();
  await user.keyboard('{Enter}{Control>}{Enter}{/Control}');
  expect(onConfirm).not.toHaveBeenCalled();
  await user.keyboard('{Backspace}{Control>}{Enter}{/Control}');
  await waitFor(() => expect(onConfirm).toHaveBeenCalledOnce());
});
