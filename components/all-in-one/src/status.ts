import { statSync } from 'node:fs';
import { homePaths } from './home-paths.ts';
import { askStatus } from './host/local-control.ts';

/** `zhiyun status`: exit status 0 running, 3 not running (as init scripts say it). */
export async function status({ home, json }: { home: string; json: boolean }): Promise<number> {
  const { socket } = homePaths(home);
  const info = await askStatus(socket);
  const state = info === undefined ? 'stopped' : info === 'starting' ? 'starting' : 'running';
  const facts = typeof info === 'object' ? info : {};
  if (json) console.log(JSON.stringify({ state, home, ...facts }, null, 2));
  else if (typeof info === 'object') {
    const where = info.url ?? `host ${info.host}`;
    console.log(`running: ${where} (pid ${info.pid}, version ${info.version}, since ${info.startedAt}, home ${home})`);
    console.log(`domain:  ${info.domain}`);
    for (const { role, state: roleState, detail } of info.roles)
      console.log(`  ${role.padEnd(16)}${roleState}${detail ? `: ${detail}` : ''}`);
  } else if (state === 'starting') console.log(`starting (home ${home})`);
  else
    console.log(
      `not running (home ${home}${statSync(home, { throwIfNoEntry: false }) ? '' : ', which does not exist yet'}). Start it: ./zhiyun up`,
    );
  return state === 'stopped' ? 3 : 0;
}
