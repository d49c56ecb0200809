/**
 * Owner process of the guard table (see renderGuard). It outlives the agent, is adopted by its command line, and ends
 * only with the node's network: guests fail closed when their rules vanish unwatched.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@zhiyun/kernel';
import { findProcesses } from '../../process/find-processes.ts';
import type { ProcessStarter } from '../../process/process-starter.ts';
import { systemPath } from '../run-command.ts';
import type { NftChain } from './nft-json.ts';
import { guardedHooks, guardTableName, renderGuard } from './render-nft.ts';

/** Raised when what renderGuard says is another: the old process is replaced. */
const guardVersion = 2;

/** nft is given its commands through a pipe that it holds open itself: so it never comes to their end. */
const script =
  'rm -f "$1/pipe"; mkfifo -m 600 "$1/pipe" && exec 3<>"$1/pipe" && cat "$1/guard.nft" >&3 && exec nft --interactive --includepath "$1" <&3';

export interface TableGuard {
  /** The process is there, and holds what this version wants. */
  readonly isHeld: boolean;
  /** In the place of another one. */
  start(): Promise<void>;
  end(): Promise<void>;
}

interface GuardOptions {
  directory: string;
  shortId: string;
  starter: ProcessStarter;
  clock: Clock;
}

export function createTableGuard({ directory, shortId, starter, clock }: GuardOptions): TableGuard {
  const parent = join(directory, 'guard');
  const own = join(parent, `v${guardVersion}`);
  const holders = (place: string) =>
    findProcesses((argv) => argv[0] === 'nft' && argv.some((word) => word.startsWith(place)));

  async function end(): Promise<void> {
    for (const { pid } of holders(parent)) process.kill(pid, 'SIGKILL');
    // Its table goes with it, and only then can there be another of this name.
    for (let tries = 0; tries < 50 && holders(parent).length > 0; tries++) await clock.sleep(20);
  }

  return {
    get isHeld() {
      return holders(own).length > 0;
    },
    async start() {
      await end();
      await mkdir(own, { recursive: true, mode: 0o700 });
      await writeFile(join(own, 'guard.nft'), renderGuard(shortId), { mode: 0o600 });
      await starter.startDetached({
        program: 'sh',
        parameters: ['-c', script, 'sh', own],
        environment: { PATH: systemPath, LC_ALL: 'C' },
        user: null,
        logPath: join(own, 'log'),
        logHeader: '',
      });
    },
    end,
  };
}

/** A chain at each hook, in a table of that name. Pure. */
export function isGuarded(shortId: string, chains: readonly NftChain[]): boolean {
  const own = chains.filter(({ table }) => table === guardTableName(shortId));
  return guardedHooks.every((hook) => own.some((chain) => chain.hook === hook));
}
