/** The hosts of a lab as their administrators use them: the launcher and its commands, typed in the checkout. */
import type { LabHost } from '@zhiyun/testkit';
import { checkout } from './readme-commands.ts';

/** Inside, the home lies here too: the sockets of a guest do not fit below the long path that it has outside. */
const shortHome = '/srv';

export async function giveShortHome(host: LabHost): Promise<void> {
  await host.exec('mount', ['--bind', host.home, shortHome]);
}

/** What a command writes. Throws with its words when it fails. The host must have its short home. */
export function typeIn(host: LabHost, command: string): Promise<string> {
  const env = { ZHIYUN_HOME: shortHome, checkout };
  return host.exec('sh', ['-c', `cd "$checkout" && ${command}`], { env, timeoutMs: 120_000 });
}
