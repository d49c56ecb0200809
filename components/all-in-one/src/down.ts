import { systemClock } from '@zhiyun/kernel';
import { identifyProcess, isAlive } from '@zhiyun/service';
import { homePaths } from './home-paths.ts';
import { askHost, askStatus } from './host/local-control.ts';

const lookMs = 20;

/** `zhiyun down`: returns when the process has ended. Instances keep running, unless they are to be stopped first. */
export async function down({ home, instances }: { home: string; instances: boolean }): Promise<number> {
  const { socket } = homePaths(home);
  const info = await askStatus(socket);
  const process = typeof info === 'object' ? await identifyProcess(info.pid) : undefined;
  const stopped = await askHost(socket, 'stop', { instances }, (line) => console.error(line));
  while (stopped && process && (await isAlive(process))) await systemClock.sleep(lookMs);
  console.log(stopped ? 'stopped' : `not running (home ${home})`);
  return 0;
}
