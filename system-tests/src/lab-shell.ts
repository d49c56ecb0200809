/** The hosts of a lab as their administrators use them: the launcher and its commands, typed in the checkout. */
import type { LabHost, LabProcess } from '@zhiyun/testkit';
import { checkout } from './readme-commands.ts';

const shortHome = '/srv';
const shortened = new WeakSet<LabHost>();

/** Inside, the home lies here too: for a release in which the sockets of a guest did not fit below the long path that it has outside. */
export async function giveShortHome(host: LabHost): Promise<void> {
  await host.exec('mount', ['--bind', host.home, shortHome]);
  shortened.add(host);
}

/** What a command writes. Throws with its words when it fails. `tree`: default this checkout. */
export function typeIn(host: LabHost, command: string, tree = checkout): Promise<string> {
  return host.exec('sh', ['-c', `cd "$tree" && ${command}`], { env: envOf(host, tree), timeoutMs: 120_000 });
}

/** The same for one that goes on, with whom one may speak. */
export function converseIn(host: LabHost, command: string, tree = checkout): Promise<LabProcess> {
  return host.run('sh', ['-c', `cd "$tree" && exec ${command}`], { env: envOf(host, tree) });
}

function envOf(host: LabHost, tree: string): NodeJS.ProcessEnv {
  return { tree, ...(shortened.has(host) && { ZHIYUN_HOME: shortHome }) };
}
