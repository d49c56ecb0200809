/** `zhiyun database move --to URL`. */
import { PlatformError } from '@zhiyun/kernel';
import { homePaths } from './home-paths.ts';
import { askHost } from './host/local-control.ts';
import { sayProgress } from './host/speech.ts';

export async function database({
  home,
  what,
  to,
}: {
  home: string;
  what: string | undefined;
  to: string | undefined;
}): Promise<number> {
  if (what !== 'move' || to === undefined)
    throw new PlatformError(
      'invalid-request',
      'Usage: zhiyun database move --to postgresql://USER:PASSWORD@HOST[:PORT][,HOST2]/DATABASE',
    );
  if (!/^postgres(ql)?:\/\//.test(to)) throw new PlatformError('invalid-request', '--to must begin with postgresql://');
  if (!(await askHost(homePaths(home).socket, 'database-move', { to }, sayProgress)))
    throw new PlatformError(
      'unavailable',
      `No host runs on ${home}; start it with \`zhiyun up\`, then move its database.`,
    );
  console.log('moved');
  return 0;
}
