/** Times, durations, shares and rates as people read them, by language. Sizes: `formatBytes` of the contracts. */
import { formatBytes } from '@zhiyun/contracts';

const relativeSteps: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

/** `3 分钟前`, `1 小时后`; within the last minute `刚刚` as the language says «now», within the next `40 秒后`. */
export function formatRelative(at: string, now: number, language: string): string {
  const difference = Date.parse(at) - now;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [size, unit] of relativeSteps) {
    if (Math.abs(difference) >= size) return format.format(Math.trunc(difference / size), unit);
  }
  if (difference >= 1_000) return format.format(Math.trunc(difference / 1_000), 'second');
  return language.startsWith('zh') ? '刚刚' : 'just now';
}

/** With the time zone, which is the browser's: who reads logs of servers in another has to know. */
export function formatDateTime(at: string, language: string): string {
  const date = new Date(at);
  const words = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  }).format(date);
  const zone = new Intl.DateTimeFormat(language, { timeZoneName: 'short' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return `${words} ${zone ?? ''}`.trimEnd();
}

export function formatClock(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(at);
}

const durationSteps: readonly (readonly [number, 'day' | 'hour' | 'minute' | 'second'])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `3 天 4 小时`, `2 分钟 5 秒`, `0.4 秒`: the two largest units. */
export function formatDuration(milliseconds: number, language: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'long',
      maximumFractionDigits: 1,
    }).format(value);
  let seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return unit(seconds, 'second');
  const parts: string[] = [];
  for (const [size, name] of durationSteps) {
    const count = Math.floor(seconds / size);
    if (count === 0) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(unit(count, name));
    seconds -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(language.startsWith('zh') ? '' : ' ');
}

export function formatPercent(share: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(
    share,
  );
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

export function formatNumber(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value);
}
