/** `zhiyun up` (and `join` where nothing runs yet): in the foreground until a signal, or detached once it is ready. */
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { readConfig } from '@zhiyun/service';
import { notifySocket } from './config.ts';
import { homePaths } from './home-paths.ts';
import { type Host, type HostOptions, startHost } from './host/host.ts';
import { hostRoles } from './host/host-record.ts';
import { say, sayProgress } from './host/speech.ts';
import { startDetached } from './host/start-detached.ts';
import { withoutToken } from './join-token.ts';
import { defaultListen, parseHost, parseListen, reachableUrls } from './listen-address.ts';
import { requireFree } from './port-probe.ts';
import { bootOffer } from './service/service.ts';

export interface UpOptions {
  home: string;
  /** As typed; remembered, as the next one is. */
  listen: string | undefined;
  linkListen: string | undefined;
  detach: boolean;
  simulated: boolean;
  name: string | undefined;
  json: boolean;
}

function readyText(host: Host, initialPassword: string | undefined, offer: string | undefined): string {
  const { info, listening } = host;
  const roles = info.roles.map(({ role, state, detail }) =>
    state === 'running' ? role : `${role} (${state}: ${detail})`,
  );
  const lines = [
    `Zhiyun ${info.version} is ready: host ${info.host} of the domain ${info.domain}.`,
    `  roles     ${roles.join(', ')}`,
  ];
  if (listening) lines.push(...reachableUrls(listening).map((url) => `  ${url}`));
  if (info.username && info.passwordFile) {
    const password = initialPassword
      ? `${initialPassword}   (shown once; kept in ${info.passwordFile})`
      : `as you set it; the first one is in ${info.passwordFile}`;
    lines.push(`  user      ${info.username}`, `  password  ${password}`);
  }
  lines.push(`  CA        ${info.caFile}`);
  const notes = [...host.notes, ...(offer === undefined ? [] : [offer])];
  return [...lines, ...notes.map((note) => `  note      ${note}`)].join('\n');
}

/** Ends the host on SIGINT, SIGTERM or SIGHUP; a second signal does not interrupt the first one's work. */
async function untilStopped(host: Host): Promise<void> {
  const onSignal = () => void host.stop({ instances: false }, () => {}).catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await host.ended;
}

/** Of the `join` that is to be done by a process of its own. */
function tokenOf({ join }: Pick<HostOptions, 'join'>): string | undefined {
  return join?.invitation.token;
}

/** `join`: roles to take; without, the host is what it was, or founds a domain. */
export async function up(options: UpOptions & Pick<HostOptions, 'join' | 'foundWith' | 'domainName'>): Promise<number> {
  const { home, detach, json, simulated, name, listen, linkListen, join, foundWith, domainName } = options;
  await requireRoom(options);
  if (detach) {
    const { outputFile } = homePaths(home);
    mkdirSync(dirname(outputFile), { recursive: true });
    const token = tokenOf(options);
    const words = process.argv.slice(2).filter((word) => word !== '--detach');
    return startDetached(token === undefined ? words : withoutToken(words), {
      outputFile: openSync(outputFile, 'a', 0o600),
      input: token,
    });
  }
  const progress = sayProgress;
  const host = await startHost({ home, listen, linkListen, simulated, name, join, foundWith, domainName, progress });
  const text = json
    ? JSON.stringify(host.info)
    : readyText(host, await host.initialPassword(), bootOffer(home, notifySocket !== undefined));
  say({ stream: 'stdout', text, last: true });
  await host.toldReady(notifySocket);
  await untilStopped(host);
  return 0;
}

/** Before anything is made: what is typed makes sense, and a new home is not made for a gateway that could not listen. */
async function requireRoom(options: UpOptions & Pick<HostOptions, 'join' | 'foundWith'>): Promise<void> {
  const { home, listen, linkListen, join, foundWith = hostRoles } = options;
  const typed = listen === undefined ? undefined : parseListen(listen);
  if (linkListen !== undefined) parseHost(linkListen, '--link-listen');
  const isNew = !existsSync(homePaths(home).hostRecord);
  if (!isNew || !(join?.roles ?? foundWith).includes('http-gateway')) return;
  const configured = await readConfig(home);
  await requireFree(typed ?? (configured.listen === undefined ? defaultListen() : parseListen(configured.listen)));
}
