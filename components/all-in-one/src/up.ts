/** `zhiyun up` (and `join` where nothing runs yet): in the foreground until a signal, or detached once it is ready. */
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { homePaths } from './home-paths.ts';
import { type Host, type HostOptions, startHost } from './host/host.ts';
import type { ReadyInfo } from './host/ready-info.ts';
import { say, sayProgress } from './host/speech.ts';
import { startDetached } from './host/start-detached.ts';
import { type ListenAddress, parseListen, reachableUrls } from './listen-address.ts';

export interface UpOptions {
  home: string;
  listen: string | undefined;
  detach: boolean;
  simulated: boolean;
  name: string | undefined;
  json: boolean;
}

function readyText(info: ReadyInfo, listen: ListenAddress | undefined, initialPassword: string | undefined): string {
  const roles = info.roles.map(({ role, state, detail }) =>
    state === 'running' ? role : `${role} (${state}: ${detail})`,
  );
  const lines = [
    `Zhiyun ${info.version} is ready: host ${info.host} of the domain ${info.domain}.`,
    `  roles     ${roles.join(', ')}`,
  ];
  if (listen) lines.push(...reachableUrls(listen).map((url) => `  ${url}`));
  if (info.username && info.passwordFile) {
    const password = initialPassword
      ? `${initialPassword}   (shown once; kept in ${info.passwordFile})`
      : `as you set it; the first one is in ${info.passwordFile}`;
    lines.push(`  user      ${info.username}`, `  password  ${password}`);
  }
  return [...lines, `  CA        ${info.caFile}`].join('\n');
}

/** Ends the host on SIGINT, SIGTERM or SIGHUP; a second signal does not interrupt the first one's work. */
async function untilStopped(host: Host): Promise<void> {
  const onSignal = () => void host.stop({ instances: false }, () => {}).catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await host.ended;
}

/** `join`: roles to take; without, the host is what it was, or founds a domain. */
export async function up(options: UpOptions & Pick<HostOptions, 'join' | 'foundWith' | 'domainName'>): Promise<number> {
  const { home, detach, json, simulated, name, join, foundWith, domainName } = options;
  const listen = options.listen === undefined ? undefined : parseListen(options.listen);
  if (detach) {
    const { logFile } = homePaths(home);
    mkdirSync(dirname(logFile), { recursive: true });
    return startDetached(
      process.argv.slice(2).filter((word) => word !== '--detach'),
      openSync(logFile, 'a'),
    );
  }
  const host = await startHost({ home, listen, simulated, name, join, foundWith, domainName, progress: sayProgress });
  const text = json ? JSON.stringify(host.info) : readyText(host.info, host.listening, await host.initialPassword());
  say({ stream: 'stdout', text, last: true });
  await untilStopped(host);
  return 0;
}
