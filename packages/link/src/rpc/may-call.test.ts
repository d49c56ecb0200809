import { componentTypes } from '@zhiyun/contracts/links';
import { expect, test } from 'vitest';
import { dials, mayCall } from './may-call.ts';

test('who may call whom is read from the tables', () => {
  expect(mayCall('control-server', 'node-client')).toBe(true);
  expect(mayCall('node-client', 'control-server')).toBe(false);
  expect(mayCall('http-gateway', 'storage-server')).toBe(true);
  expect(mayCall('storage-server', 'control-server')).toBe(true);
});

test('everybody dials the Data Servers, which dial nobody but each other', () => {
  for (const type of componentTypes) {
    expect(dials(type, 'data-server')).toBe(true);
    expect(dials('data-server', type)).toBe(type === 'data-server');
  }
});

test('of every two, one dials at least', () => {
  for (const a of componentTypes) for (const b of componentTypes) expect(dials(a, b) || dials(b, a)).toBe(true);
});
