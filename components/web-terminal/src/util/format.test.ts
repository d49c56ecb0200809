import { expect, it } from 'vitest';
import { formatClock, formatDateTime, formatDuration, formatPercent, formatRate, formatRelative } from './format.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const before = (seconds: number) => new Date(now - seconds * 1000).toISOString();

it('tells ages in the largest unit that fits', () => {
  expect(formatRelative(before(20), now, 'zh-CN')).toBe('刚刚');
  expect(formatRelative(before(20), now, 'en-US')).toBe('just now');
  expect(formatRelative(before(59 * 60 + 59), now, 'en-US')).toBe('59 minutes ago');
  expect(formatRelative(before(3600), now, 'zh-CN')).toBe('1小时前');
  expect(formatRelative(before(3 * 86_400), now, 'en-US')).toBe('3 days ago');
});

it('tells what is to come as such', () => {
  const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  expect(formatRelative(after(3_600), now, 'zh-CN')).toBe('1小时后');
  expect(formatRelative(after(3_600), now, 'en-US')).toBe('in 1 hour');
  expect(formatRelative(after(40), now, 'en-US')).toBe('in 40 seconds');
});

it('names the time zone of an exact time', () => {
  expect(formatDateTime('2026-11-28T08:00:00Z', 'en-US')).toMatch(
    /^Nov 28, 2026, \d\d:00:00 (UTC|GMT|[A-Z]{2,5}|GMT[+-]\d+)$/,
  );
});

it('tells durations in their two largest units', () => {
  expect(formatDuration(420, 'en-US')).toBe('0.4 seconds');
  expect(formatDuration(125_000, 'en-US')).toBe('2 minutes 5 seconds');
  expect(formatDuration(3 * 86_400_000 + 3 * 60_000, 'en-US')).toBe('3 days');
  expect(formatDuration(90_061_000, 'zh-CN')).toBe('1天1小时');
  expect(formatDuration(-5, 'en-US')).toBe('0 seconds');
});

it('tells shares, rates and clocks', () => {
  expect(formatPercent(0.034, 'en-US')).toBe('3.4%');
  expect(formatPercent(0.347, 'en-US')).toBe('35%');
  expect(formatRate(1536)).toBe('1.5 KiB/s');
  expect(formatClock(now, 'en-US')).toMatch(/^\d\d:\d\d:\d\d$/);
});
