/** Tells systemd, when it has started us, that the platform is ready: `systemctl start` returns then, and what comes after may begin. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from '@zhiyun/kernel';

/** `socket`: `$NOTIFY_SOCKET`; without, nobody wants to know. A failure is logged: systemd then ends the start by its own time limit. */
export async function notifyReady(socket: string | undefined, log: Logger): Promise<void> {
  if (socket === undefined) return;
  const env = { NOTIFY_SOCKET: socket, PATH: '/usr/bin:/bin' };
  await promisify(execFile)('systemd-notify', ['--ready', `--pid=${process.pid}`], { env, timeout: 10_000 }).catch(
    (error: unknown) => log.error({ error }, 'systemd could not be told that the platform is ready'),
  );
}
