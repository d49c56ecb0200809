import { systemClock } from '@zhiyun/kernel';
import { identifyProcess, isAlive } from '@zhiyun/service';
import { homePaths } from './home-paths.ts';
import { askHost, askStatus } from './host/local-control.ts';

const lookMs = 20;

/**
 * `zhiyun down`: returns when the process has ended. Instances keep running, unless they are to be stopped first; Ctrl-C then ends the
 * waiting for them, and those that still run are left running.
 */
export async function down({ home, instances }: { home: string; instances: boolean }): Promise<number> {
  const { socket } = homePaths(home);
  const info = await askStatus(socket);
  const host = typeof info === 'object' ? await identifyProcess(info.pid) : undefined;
  using _hurrying = instances ? hurryOnSignal(socket) : undefined;
  const stopped = await askHost(socket, 'stop', { instances }, (line) => console.error(line));
  while (stopped && host && (await isAlive(host))) await systemClock.sleep(lookMs);
  console.log(stopped ? 'stopped' : `not running (home ${home})`);
  return 0;
}

/** Asked to stop without instances, the host does not wait for them any longer. */
function hurryOnSignal(socket: string): Disposable {
  console.error('Ctrl-C ends the waiting and leaves running what still runs');
  const hurry = () => {
    console.error('leaving running what still runs');
    askHost(socket, 'stop', { instances: false }, () => {}).catch(() => {});
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, hurry);
  return {
    [Symbol.dispose]() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, hurry);
    },
  };
}
