/**
 * One end of discovery inside a host of the lab. `announce` stands for a Data Server until standard input ends; `discover`
 * writes what it found, and after how long, for every line of standard input.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemClock as clock, silentLogger } from '@zhiyun/kernel';
import { announceDomain, discoverDomains } from '@zhiyun/link';

const [role, settings = '{}'] = process.argv.slice(2);
const given = JSON.parse(settings);
const lines = createInterface({ input: process.stdin });
if (role === 'announce') {
  await using _ = announceDomain({ ...given, clock, log: silentLogger });
  console.log('announced');
  await once(lines, 'close');
} else {
  console.log('ready');
  for await (const line of lines) {
    const startedAt = clock.monotonicMs();
    const found = await discoverDomains({ clock, timeoutMs: 3_000, ...JSON.parse(line) });
    console.log(JSON.stringify({ found, ms: clock.monotonicMs() - startedAt }));
  }
}
