/** The test guest on plain QEMU: READY on the serial port, a shell there, HTTP, reboot, and the power button. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTestGuest } from '@zhiyun/guest-image';
import { retry, systemClock } from '@zhiyun/kernel';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const qemu = 'qemu-system-x86_64';
const missing = unmet({ programs: [qemu], architecture: 'x64' });

describe.skipIf(missing)(skippable('the test guest', missing), () => {
  const directory = mkdtempSync(join(tmpdir(), 'zhiyun-guest-'));
  const httpPort = 20_000 + (process.pid % 20_000);
  let machine: ChildProcess;
  let serial: Conversation;
  let monitor: Conversation;

  beforeAll(async () => {
    const guest = await buildTestGuest({ cacheDirectory: join(import.meta.dirname, '../.cache') });
    const disk = join(directory, 'disk.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', guest.path, disk]);
    machine = spawn(
      qemu,
      [
        ...['-machine', 'q35,accel=tcg', '-cpu', 'max', '-m', '256', '-nodefaults', '-display', 'none'],
        ...['-drive', `file=${disk},format=qcow2,if=virtio`],
        ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${httpPort}-:80`],
        ...['-device', 'virtio-net-pci,netdev=net'],
        ...[
          '-serial',
          `unix:${join(directory, 'serial')},server=on`,
          '-qmp',
          `unix:${join(directory, 'qmp')},server=on`,
        ],
      ],
      { stdio: 'inherit' },
    );
    // QEMU waits for both, in an order of its own.
    [serial, monitor] = await Promise.all([
      Conversation.open(join(directory, 'serial')),
      Conversation.open(join(directory, 'qmp')),
    ]);
    monitor.say('{"execute":"qmp_capabilities"}');
  });
  afterAll(async () => {
    if (machine.exitCode === null) {
      machine.kill('SIGKILL');
      await once(machine, 'exit');
    }
    rmSync(directory, { recursive: true });
  });

  test('is READY with an address', async () => {
    expect(await serial.hear(/zhiyun-guest: READY .*\r\n/)).toContain('ip=10.0.2.15/24 boots=1 ');
  });

  test('has a root shell on the serial port', async () => {
    await serial.hear(/# /);
    serial.say('echo "user $(id -u) on $(tty) of $((40 + 2))"');
    await serial.hear(/user 0 on \/dev\/ttyS0 of 42/);
  });

  test('answers HTTP', async () => {
    expect(await (await fetch(`http://127.0.0.1:${httpPort}/`)).text()).toMatch(/^hello/);
    const info = await fetch(`http://127.0.0.1:${httpPort}/cgi-bin/info`);
    expect(await info.json()).toEqual({ hostname: 'zhiyun-guest', cores: 1, boots: 1 });
  });

  test('reboots and remembers', async () => {
    serial.say('reboot');
    expect(await serial.hear(/zhiyun-guest: READY .*\r\n/)).toContain(' boots=2 ');
  });

  test('obeys the power button', async () => {
    const exit = once(machine, 'exit');
    monitor.say('{"execute":"system_powerdown"}');
    await monitor.hear(/"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}/);
    expect(await exit).toEqual([0, null]);
  });
});

/** A unix socket as something to say lines to and to hear patterns from; what was heard is not heard again. */
class Conversation {
  readonly #socket: Socket;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#heard += text;
    });
  }

  /** Waits until somebody listens at `path`. */
  static async open(path: string): Promise<Conversation> {
    const socket = await retry(
      async () => {
        const opening = connect(path);
        await once(opening, 'connect');
        return opening;
      },
      { clock: systemClock, backoff: { firstMs: 20, maxMs: 100 }, again: (_error, attempt) => attempt < 100 },
    );
    return new Conversation(socket);
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** Fails, saying what came instead, after 60 s. */
  async hear(pattern: RegExp): Promise<string> {
    const deadline = AbortSignal.timeout(60_000);
    for (;;) {
      const match = pattern.exec(this.#heard);
      if (match) {
        this.#heard = this.#heard.slice(match.index + match[0].length);
        return match[0];
      }
      await once(this.#socket, 'data', { signal: deadline }).catch((cause) => {
        throw new Error(`did not hear ${pattern}; the last was: ${this.#heard.slice(-1000)}`, { cause });
      });
    }
  }
}
