/** Certificates, time limits and logs go by the clock, and TLS says anything but that it is wrong. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '@zhiyun/kernel';
import { type Finding, limited, missing, ok } from './check.ts';
import { runProgram } from './run-program.ts';

/** This software is younger than any clock that says less. */
const madeAfter = Date.parse('2026-11-01T00:00:00Z');
const toleratedMs = 5 * 60_000;

export interface ClockFacts {
  now: number;
  /** When something was last written to the home. */
  lastWritten: number | undefined;
  /** By a time service; undefined: there is none that could be asked. */
  synchronised: boolean | undefined;
}

export function judgeClock({ now, lastWritten, synchronised }: ClockFacts): Finding {
  const set = 'set the clock: timedatectl set-ntp true, or chronyd, and see that it is right';
  if (now < madeAfter)
    return missing('clock', `it says ${isoTime(now)}, which is before this software was made: certificates fail`, set);
  if (lastWritten !== undefined && lastWritten - now > toleratedMs)
    return missing(
      'clock',
      `it says ${isoTime(now)}, but the home was written to at ${isoTime(lastWritten)}: it is wrong now, or was ahead then`,
      set,
    );
  if (synchronised === undefined)
    return limited(
      'clock',
      `${isoTime(now)}; no time service keeps it right, and servers whose clocks differ by minutes refuse each other`,
      'apt-get install -y systemd-timesyncd, or chrony',
    );
  if (!synchronised) return limited('clock', `${isoTime(now)}; its time service has not set it yet`, set);
  return ok('clock', `${isoTime(now)}, kept right by a time service`);
}

export async function checkClock(home: string): Promise<Finding> {
  const chrony = await runProgram('chronyc', ['-n', 'tracking']);
  const systemd = await runProgram('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  const synchronised =
    'output' in chrony
      ? /Leap status\s*:\s*Normal/.test(chrony.output)
      : 'output' in systemd
        ? systemd.output.trim() === 'yes'
        : undefined;
  return judgeClock({ now: Date.now(), lastWritten: await lastWrittenIn(home), synchronised });
}

async function lastWrittenIn(home: string): Promise<number | undefined> {
  const names = await readdir(home).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(home, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.length > 0 ? Math.max(...times) : undefined;
}
