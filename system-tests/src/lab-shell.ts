/** The hosts of a lab as their administrators use them: the launcher and its commands, typed in the checkout. */
import type { LabHost, LabProcess } from '@zhiyun/testkit';
import { checkout } from './readme-commands.ts';

/** Inside, the home lies here too: the sockets of a guest do not fit below the long path that it has outside. */
const shortHome = '/srv';

export async function giveShortHome(host: LabHost): Promise<void> {
  await host.exec('mount', ['--bind', host.home, shortHome]);
}

/** What a command writes. Throws with its words when it fails. The host must have its short home. `tree`: default this checkout. */
export function typeIn(host: LabHost, command: string, tree = checkout): Promise<string> {
  return host.exec('sh', ['-c', `cd "$tree" && ${command}`], { env: envOf(tree), timeoutMs: 120_000 });
}

/** The same for one that goes on, with whom one may speak. */
export function converseIn(host: LabHost, command: string, tree = checkout): Promise<LabProcess> {
  return host.run('sh', ['-c', `cd "$tree" && exec ${command}`], { env: envOf(tree) });
}

function envOf(tree: string): NodeJS.ProcessEnv {
  return { ZHIYUN_HOME: shortHome, tree };
}
