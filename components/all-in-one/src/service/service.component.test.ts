/** The unit as systemd uses it, without systemd: written into another system's root, and its commands run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { skippable, unmet, waitFor } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { testHome } from '../testing/run-host.ts';
import { unitName } from './unit-text.ts';

const missing = unmet({ rootFor: 'installing a unit', programs: ['systemctl', 'systemd-notify', 'python3'] });
const patience = { timeout: 400_000 };

/** Hears what systemd would hear, and writes it to standard output, a line each. */
const listener = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, fds, _, _ = socket.recv_fds(s, 4096, 4)
    # A barrier: closing it says that what came before was heard.
    for fd in fds: os.close(fd)
    for line in data.decode().split("\\n"): print(line, flush=True)
`;

test.skipIf(missing)(
  skippable(
    'installed it is enabled, its command starts the platform, says when that is ready, and ends with 0',
    missing,
  ),
  patience,
  async () => {
    await using there = await testHome();
    const root = join(dirname(there.home), 'root');
    await mkdir(root);
    const service = (what: string) => there.zhiyun('service', what, '--root', root);
    expect(await service('status')).toMatchObject({ code: 3, out: expect.stringContaining('not installed') });
    expect(await service('install')).toMatchObject({ code: 0 });
    const unit = unitName(there.home);
    const path = join(root, 'etc/systemd/system', unit);
    // A link into the other system, which leads nowhere in this one.
    expect(await readdir(join(root, 'etc/systemd/system/multi-user.target.wants'))).toEqual([unit]);
    expect(await service('status')).toMatchObject({ code: 0, out: expect.stringContaining(`${unit}: enabled`) });

    // A pretended platform, so that this test needs no kernel of its own; told once, it stays so.
    expect((await there.zhiyun('up', '--simulated', '--listen', '127.0.0.1:0', '--detach')).code).toBe(0);
    expect((await there.zhiyun('down')).code).toBe(0);

    const text = await readFile(path, 'utf8');
    const [, command = ''] = /^ExecStart=(.*)$/m.exec(text) ?? [];
    const [, path_ = ''] = /PATH=(\S+)/.exec(text) ?? [];
    const notifySocket = join(dirname(there.home), 'notify');
    const hearing = spawn('python3', ['-c', listener, notifySocket], { stdio: ['ignore', 'pipe', 'inherit'] });
    let heard = '';
    hearing.stdout.setEncoding('utf8').on('data', (more: string) => {
      heard += more;
    });
    try {
      await waitFor(() => heard.includes('listening'), { describe: 'the listener' });
      const env = { HOME: '/root', PATH: path_, NOTIFY_SOCKET: notifySocket };
      const [program = '', ...words] = command.split(' ');
      const platform = spawn(program, words, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
      const ended = once(platform, 'exit');
      let said = '';
      platform.stdout.setEncoding('utf8').on('data', (more: string) => {
        said += more;
      });
      await waitFor(() => heard.includes('READY=1'), { timeoutMs: 200_000, describe: 'the platform to be ready' });
      expect(heard).toContain(`MAINPID=${platform.pid}`);
      expect((await there.zhiyun('status')).code).toBe(0);
      const password = (await readFile(join(there.home, 'initial-admin-password'), 'utf8')).trim();
      expect(said).not.toContain(password);
      platform.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      hearing.kill();
    }

    expect(await service('remove')).toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(false);
    expect(await service('status')).toMatchObject({ code: 3 });
  },
);
