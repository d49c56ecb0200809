/** `zhiyun join`: this machine takes roles in a domain; in the process that runs here already, or in one that starts now. */
import { createInterface } from 'node:readline/promises';
import { dataServerPort, type LinkAddress } from '@zhiyun/contracts/links';
import { PlatformError, systemClock } from '@zhiyun/kernel';
import { discoverDomains, type FoundDomain, parseJoinToken } from '@zhiyun/link';
import { homePaths } from './home-paths.ts';
import { type HostRole, parseRoles } from './host/host-record.ts';
import type { Invitation } from './host/invitation.ts';
import { askHost, askStatus } from './host/local-control.ts';
import { sayProgress } from './host/speech.ts';
import { parseHostPort } from './listen-address.ts';
import { type UpOptions, up } from './up.ts';

export interface JoinOptions extends UpOptions {
  roles: string | undefined;
  token: string | undefined;
  /** `HOST:PORT` of a Data Server, several with commas. */
  data: string | undefined;
  domain: string | undefined;
}

export async function join(options: JoinOptions): Promise<number> {
  if (options.roles === undefined)
    throw new PlatformError(
      'invalid-request',
      'Say what this machine shall be: --role node-client, or several roles with commas.',
    );
  const roles = parseRoles(options.roles);
  const invitation = await invitationOf(options);
  const { socket } = homePaths(options.home);
  const running = await askStatus(socket);
  if (running === undefined) return up({ ...options, join: { roles, invitation } });
  await joinRunning(socket, roles, invitation);
  console.log(`joined as ${roles.join(', ')}`);
  return 0;
}

async function joinRunning(socket: string, roles: readonly HostRole[], invitation: Invitation): Promise<void> {
  const order = {
    roles: [...roles],
    token: invitation.token,
    dataServers: [...invitation.dataServers],
    domainName: invitation.domainName,
  };
  if (!(await askHost(socket, 'join', order, sayProgress)))
    throw new PlatformError('unavailable', 'The host ended a moment ago; try again.');
}

async function invitationOf({ token, data, domain, detach }: JoinOptions): Promise<Invitation> {
  const dataServers: LinkAddress[] =
    data === undefined ? [] : data.split(',').map((text) => parseHostPort(text, '--data', dataServerPort));
  const named = dataServers.length > 0 || (token !== undefined && (parseJoinToken(token).dataServers?.length ?? 0) > 0);
  const asks = !named && domain === undefined && process.stdin.isTTY && !detach;
  return { token, dataServers, domainName: asks ? await askDomain() : domain };
}

/** Only when there is something to choose; whoever cannot be asked is told by the join itself. */
async function askDomain(): Promise<string | undefined> {
  const found = await discoverDomains({ clock: systemClock, timeoutMs: 1_000 });
  if (found.length < 2) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    console.error('There are several domains in this network:');
    for (const [index, { name, dataServers }] of found.entries())
      console.error(`  ${index + 1}  ${name}  (${dataServers.map(({ host }) => host).join(', ')})`);
    const chosen: FoundDomain | undefined = found[Number(await terminal.question('Which one? ')) - 1];
    if (!chosen) throw new PlatformError('invalid-request', 'No domain was chosen.');
    return chosen.name;
  } finally {
    terminal.close();
  }
}
