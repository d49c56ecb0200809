/** The lab itself: that its networks carry, cut, slow and move as they say, and that nothing of it is ever left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLab, hostFetch, type Lab, type LabHost, Load, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesWith } from './src/leftovers.ts';
import { processGone } from './src/platform.ts';

const missing = labMissing();

/** Answers with the caller's address, `/big` with a megabyte. */
const server = `
  require('http').createServer((q, s) => s.end(q.url === '/big' ? Buffer.alloc(1048576) : q.socket.remoteAddress))
    .listen(80, '0.0.0.0', () => console.log('up'))`;

async function reaches(from: LabHost, to: LabHost): Promise<boolean> {
  return from.exec('busybox', ['ping', '-c', '1', '-W', '1', to.address]).then(
    () => true,
    () => false,
  );
}

describe.skipIf(missing)(skippable('a lab', missing), () => {
  let lab: Lab;
  let a: LabHost;
  let b: LabHost;
  let c: LabHost;

  beforeAll(async () => {
    lab = await createLab({ hosts: ['a', 'b', 'c'], networks: 2 });
    [a, b, c] = [lab.host('a'), lab.host('b'), lab.host('c')];
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it('gives each host a name, an address, a home and a process table of its own', async () => {
    expect((await a.exec('hostname')).trim()).toBe('a');
    expect((await a.exec('pwd')).trim()).toBe(a.home);
    expect(await a.exec('sh', ['-c', 'echo "$ZHIYUN_HOME"'])).toBe(`${a.home}\n`);
    expect(a.address).toBe('10.77.0.11');
    expect(await a.exec('ip', ['-brief', 'address', 'show', 'eth0'])).toContain('10.77.0.11/24');
    expect((await a.exec('ls', ['/sys/class/net'])).split(/\s+/).filter(Boolean)).toEqual(['eth0', 'lo']);
    await b.run('sleep', ['1000']);
    expect(await a.exec('ps', ['ax'])).not.toContain('sleep 1000');
    expect(await b.exec('ps', ['ax'])).toContain('sleep 1000');
  });

  it('keeps what processes say, and how they end', async () => {
    const process = await a.run('sh', ['-c', 'echo out; echo wrong >&2; exit 3']);
    expect(await process.ended).toEqual({ code: 3, signal: null });
    expect(a.report()).toMatch(/ended \(3\).*out.*wrong/s);
    await expect(a.exec('sh', ['-c', 'echo wrong >&2; exit 3'])).rejects.toThrow(/exit status 3\nwrong/);
    await expect(process.says(/never/)).rejects.toThrow(/ended before it said/);
  });

  it('kills one process, or all of a host, also those that were let go', async () => {
    const process = await c.run('sleep', ['1000']);
    expect(await process.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await processGone(process.pid)).toBe(true);
    await c.exec('sh', ['-c', 'setsid sleep 1003 >/dev/null 2>&1 & echo']);
    await c.run('sleep', ['1004']);
    await c.kill('all');
    expect(await c.exec('ps', ['ax'])).not.toContain('sleep 100');
    expect(await reaches(a, c)).toBe(true);
  });

  it('lets a test outside speak to a server inside', async () => {
    await (await b.run(process.execPath, ['-e', server])).says(/up/);
    const fetch = hostFetch(a);
    const answer = await fetch(`http://${b.address}/`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(a.address);
    await expect(fetch(`http://${b.address}:81/`)).rejects.toThrow('fetch failed in a');
  });

  it('loads a server at a steady rate from a host, and keeps every answer', async () => {
    const program = `
      let calls = 0;
      require('http').createServer((q, s) => {
        calls += 1;
        s.writeHead(q.method === 'POST' ? 202 : 200).end(JSON.stringify({ id: q.url, calls }));
      }).listen(90, () => console.log('up'))`;
    const served = await b.run(process.execPath, ['-e', program]);
    await served.says(/up/);
    const load = await Load.start(a, {
      baseUrls: [`http://${b.address}:90`],
      ratePerSecond: 200,
      requests: [
        { name: 'get', method: 'GET', path: '/things/{n}', weight: 3 },
        { name: 'make', method: 'POST', path: '/things', body: { name: 'thing-{n}' } },
      ],
    });
    await waitFor(() => load.answers.length >= 300, { describe: '300 answers' });
    const [first, last] = [load.answers[0], load.answers[299]];
    expect(load.failed).toEqual([]);
    expect(((last?.at ?? 0) - (first?.at ?? 0)) / 300).toBeCloseTo(5, 0);
    console.log(`load: p50 ${load.quantileMs(0.5).toFixed(1)} ms, p99 ${load.quantileMs(0.99).toFixed(1)} ms`);
    await served.kill('SIGKILL');
    await waitFor(() => load.failed.length > 0, { describe: 'failed requests' });
    const answers = await load.stop();
    expect(answers.map(({ number }) => number).toSorted((x, y) => x - y)).toEqual(answers.map((_, index) => index));
    expect(answers.find(({ name }) => name === 'make')).toMatchObject({ status: 202, id: '/things' });
    expect(load.failed[0]).toMatchObject({ status: 0, code: expect.stringMatching(/ECONN|hang up/) });
  });

  it('cuts and heals between two hosts, and one from all', async () => {
    await lab.cut(a, b);
    expect(await Promise.all([reaches(a, b), reaches(b, a), reaches(a, c), reaches(b, c)])).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await lab.heal(a, b);
    expect(await reaches(a, b)).toBe(true);
    await lab.cut(c);
    expect(await Promise.all([reaches(c, a), reaches(b, c), reaches(a, b)])).toEqual([false, false, true]);
    await lab.heal();
    expect(await reaches(c, a)).toBe(true);
  });

  it('swallows packets in a cut: a connection hangs and goes on after it', async () => {
    const program = `
      const socket = require('net').connect(8000, '${b.address}', () => console.log('connected'));
      socket.on('data', (bytes) => console.log('got ' + bytes)).on('error', (error) => console.log(error.code));
      process.stdin.on('data', (bytes) => socket.write(bytes));`;
    await (
      await b.run(process.execPath, [
        '-e',
        `require('net').createServer((s) => s.pipe(s)).listen(8000, () => console.log('up'))`,
      ])
    ).says(/up/);
    const client = await a.run(process.execPath, ['-e', program]);
    await client.says(/connected/);
    await lab.cut(a, b);
    client.stdin?.write('through');
    await expect(client.says(/got|E[A-Z]{4,}/, 1_500)).rejects.toThrow(/Waited in vain/);
    await lab.heal(a, b);
    expect((await client.says(/got \w+|E[A-Z]{4,}/))[0]).toBe('got through');
  });

  it('limits the rate of a host, and lifts the limit', async () => {
    const big = async () => {
      const startedAt = performance.now();
      await a.exec('busybox', ['wget', '-q', '-O', '/dev/null', `http://${b.address}/big`]);
      return performance.now() - startedAt;
    };
    await lab.slow(a, { rateKbit: 8_000 });
    const slow = await big();
    await lab.slow(a, undefined);
    const fast = await big();
    console.log(`1 MiB at 8 Mbit/s in ${slow.toFixed(0)} ms, without a limit in ${fast.toFixed(0)} ms`);
    expect(slow).toBeGreaterThan(900);
    expect(fast).toBeLessThan(slow / 2);
  });

  it('delays packets, or says why this kernel cannot', async () => {
    const refusal = await lab.slow(a, { rateKbit: 100_000, delayMs: 50 }).catch((error: Error) => error.message);
    if (refusal) expect(refusal).toContain('sch_netem');
    else expect(await a.exec('busybox', ['ping', '-c', '1', b.address])).toMatch(/time=1\d\d\./);
    await lab.slow(a, undefined);
  });

  it('moves a host to another address and to another network, with a router between', async () => {
    await lab.move(a, { address: '10.77.0.99' });
    expect(a.address).toBe('10.77.0.99');
    expect(await reaches(b, a)).toBe(true);
    await lab.move(a, { network: 1 });
    expect(a.address).toBe('10.77.1.11');
    expect(await reaches(b, a)).toBe(true);
    await lab.cut(a, b);
    expect(await Promise.all([reaches(a, b), reaches(c, a)])).toEqual([false, true]);
    await lab.heal();
    await lab.move(a, { network: 0 });
    expect(await Promise.all([reaches(a, b), reaches(b, a)])).toEqual([true, true]);
  });
});

describe.skipIf(missing)(skippable('the end of a lab', missing), () => {
  it('leaves nothing, also of a second one beside it', async () => {
    const directories: string[] = [];
    {
      await using first = await createLab({ hosts: ['a'] });
      await using second = await createLab({ hosts: ['a'] });
      directories.push(first.directory, second.directory);
      await first.host('a').run('sleep', ['1000']);
      expect(await reaches(second.host('a'), first.host('a'))).toBe(true); // Its own: both have the same address.
    }
    for (const directory of directories) {
      expect(existsSync(directory)).toBe(false);
      expect(await processesWith(directory)).toEqual([]);
    }
  });

  it('leaves nothing when its owner is killed by kill -9', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'lab-owner.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    const { directory, pids } = JSON.parse(String(line)) as { directory: string; pids: number[] };
    expect(existsSync(directory)).toBe(true);
    expect(await Promise.all(pids.map(processGone))).not.toContain(true);
    const killedAt = performance.now();
    owner.kill('SIGKILL');
    // The last to go is who removes the directory.
    await waitFor(async () => !existsSync(directory) && (await processesWith(directory)).length === 0, {
      describe: `${directory} and all in it to be gone`,
    });
    console.log(`gone ${(performance.now() - killedAt).toFixed(0)} ms after kill -9 of the owner`);
    expect(await Promise.all(pids.map(processGone))).not.toContain(false);
  });
});
