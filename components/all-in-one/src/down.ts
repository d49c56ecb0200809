import { homePaths } from './home-paths.ts';
import { askStop } from './local-control.ts';

/** `zhiyun down`: returns when the platform has ended. Instances keep running, unless they are to be stopped first. */
export async function down({ home, instances }: { home: string; instances: boolean }): Promise<number> {
  const stopped = await askStop(homePaths(home).socket, instances, (line) => console.error(line));
  console.log(stopped ? 'stopped' : `not running (home ${home})`);
  return 0;
}
