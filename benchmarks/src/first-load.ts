/**
 * What a browser fetches until somebody can sign in, and until the overview stands: bytes on the wire, requests and time, in Debian's
 * Chromium against a real platform. Baseline: the same files without compression over HTTP/1.1. `node benchmarks/src/first-load.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium } from 'playwright-core';

const run = promisify(execFile);
const launcher = resolve(import.meta.dirname, '../../zhiyun');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const rounds = 5;

interface Load {
  bytes: number;
  requests: number;
  ms: number;
}

interface Mode {
  name: string;
  arguments: string[];
  headers: Record<string, string>;
}
const modes: Mode[] = [
  { name: 'as it is sent', arguments: [], headers: {} },
  { name: 'HTTP/1.1, uncompressed', arguments: ['--disable-http2'], headers: { 'accept-encoding': 'identity' } },
];

/** Counts from now on what the page fetches; nothing is cached. */
async function counting(context: BrowserContext) {
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  const load: Load = { bytes: 0, requests: 0, ms: 0 };
  network.on('Network.responseReceived', () => load.requests++);
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    load.bytes += encodedDataLength;
  });
  return { page, load };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const told = (loads: Load[]) =>
  `${(median(loads.map(({ bytes }) => bytes)) / 1000).toFixed(0)} kB, ${median(loads.map(({ requests }) => requests))} requests, ${median(loads.map(({ ms }) => ms)).toFixed(0)} ms`;

async function measure(mode: Mode, url: string, password: string): Promise<void> {
  const door: Load[] = [];
  const overview: Load[] = [];
  for (let round = 0; round < rounds; round++) {
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', ...mode.arguments],
    });
    try {
      const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        locale: 'zh-CN',
        extraHTTPHeaders: mode.headers,
      });
      const first = await counting(context);
      const began = performance.now();
      await first.page.goto(`${url}/`);
      await first.page.getByLabel('用户名').waitFor();
      door.push({ ...first.load, ms: performance.now() - began });
      await first.page.close();
      const answer = await context.request.post(`${url}/api/v1/sessions`, { data: { username: 'admin', password } });
      if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
      const second = await counting(context);
      const again = performance.now();
      await second.page.goto(`${url}/`);
      // Whoever signs in for the first time is asked for a password first; the console is there by then.
      await second.page.getByRole('heading', { level: 1 }).first().waitFor();
      await second.page.waitForLoadState('networkidle').catch(() => {});
      overview.push({ ...second.load, ms: performance.now() - again });
    } finally {
      await browser.close();
    }
  }
  console.log(`${mode.name}: form to sign in ${told(door)}; page behind it ${told(overview)}`);
}

const home = await mkdtemp(join(tmpdir(), 'zhiyun-first-load-'));
const env = { ...process.env, ZHIYUN_HOME: home, XDG_CONFIG_HOME: home };
try {
  const { stdout } = await run(launcher, ['up', '--listen', '127.0.0.1:0', '--simulated', '--detach', '--json'], {
    env,
  });
  const { url, passwordFile } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { url: string; passwordFile: string };
  const password = (await readFile(passwordFile, 'utf8')).trim();
  for (const mode of modes) await measure(mode, url, password);
} finally {
  await run(launcher, ['down', '--instances'], { env }).catch(() => {});
  await rm(home, { recursive: true, force: true });
}
