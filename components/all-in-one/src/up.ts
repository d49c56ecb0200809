/** `zhiyun up`: in the foreground until a signal, or detached once it is ready. */
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { homePaths } from './home-paths.ts';
import { say, sayProgress } from './host/speech.ts';
import { startDetached } from './host/start-detached.ts';
import { type ListenAddress, parseListen, reachableUrls } from './listen-address.ts';
import { type Platform, startPlatform } from './platform.ts';
import type { ReadyInfo } from './ready-info.ts';

export interface UpOptions {
  home: string;
  listen: string | undefined;
  detach: boolean;
  simulated: boolean;
  json: boolean;
}

function readyText(info: ReadyInfo, listen: ListenAddress, initialPassword: string | undefined): string {
  const password = initialPassword
    ? `${initialPassword}   (shown once; kept in ${info.passwordFile})`
    : `as you set it; the first one is in ${info.passwordFile}`;
  return [
    `Zhiyun ${info.version} is ready.`,
    ...reachableUrls(listen).map((url) => `  ${url}`),
    `  user      ${info.username}`,
    `  password  ${password}`,
    `  CA        ${info.caFile}`,
  ].join('\n');
}

/** Ends the platform on SIGINT, SIGTERM or SIGHUP; a second signal does not interrupt the first one's work. */
async function untilStopped(platform: Platform): Promise<void> {
  const onSignal = () => void platform.stop({ instances: false }, () => {}).catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await platform.ended;
}

export async function up(options: UpOptions): Promise<number> {
  const listen = options.listen === undefined ? undefined : parseListen(options.listen);
  const paths = homePaths(options.home);
  if (options.detach) {
    mkdirSync(dirname(paths.logFile), { recursive: true });
    const log = openSync(paths.logFile, 'a');
    const parameters = [
      'up',
      '--home',
      options.home,
      ...(options.listen ? ['--listen', options.listen] : []),
      ...(options.json ? ['--json'] : []),
    ];
    return startDetached(parameters, log);
  }
  const platform = await startPlatform({
    home: options.home,
    listen,
    simulated: options.simulated,
    progress: sayProgress,
  });
  const text = options.json
    ? JSON.stringify(platform.info)
    : readyText(platform.info, platform.listen, platform.initialPassword);
  say({ stream: 'stdout', text, last: true });
  await untilStopped(platform);
  return 0;
}
