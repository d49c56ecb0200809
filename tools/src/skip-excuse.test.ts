import { expect, test } from 'vitest';
import { skipFault } from './skip-excuse.ts';

test('a reason that no package mends is an excuse, in the name or in a note', () => {
  expect(skipFault('a lab (skipped: network namespaces: needs root) > cuts', undefined)).toBeUndefined();
  expect(skipFault('a lab > cuts', 'only root runs the database as another account')).toBeUndefined();
});

test('a program that can be installed is none, and neither is silence', () => {
  expect(skipFault('a lab (skipped: not installed: busybox) > cuts', undefined)).toMatch('busybox. The launcher');
  expect(skipFault('a lab > cuts', 'Chromium is not installed')).toMatch('not installed');
  expect(skipFault('a lab > cuts', undefined)).toMatch('does not say why');
});
