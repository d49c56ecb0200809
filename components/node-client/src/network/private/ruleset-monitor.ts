/** Watches nftables changes as they happen (`nft monitor`). A hint only: listeners re-check, and poll as well. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { backoffMs, type Clock, type Logger } from '@zhiyun/kernel';
import { systemPath } from '../run-command.ts';
import { tableName } from './render-nft.ts';

export interface RulesetChange {
  /** Whose chain changed: our table's, or another program's. */
  of: 'ours' | 'others';
  /** The program that did it, as far as the kernel says so. */
  by: string | null;
}

const again = { firstMs: 500, maxMs: 30_000 };

/** What one line of `nft monitor` says; elements come and go with guests and are no news. Pure. */
export function readMonitorLine(shortId: string, line: string): RulesetChange['of'] | { by: string } | undefined {
  const generation = /^# new generation \d+ by process \d+ \((.*)\)$/.exec(line);
  if (generation) return { by: generation[1] ?? '' };
  const change = /^(?:add|insert|delete|destroy|replace) (table|chain|rule|set) (\S+) (\S+)/.exec(line);
  if (!change) return undefined;
  const [, , family, table] = change;
  return family === 'inet' && table === tableName(shortId) ? 'ours' : 'others';
}

export class RulesetMonitor implements Disposable {
  readonly #shortId: string;
  readonly #onChange: (change: RulesetChange) => void;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #failures = 0;

  constructor(options: { shortId: string; onChange: (change: RulesetChange) => void; clock: Clock; log: Logger }) {
    this.#shortId = options.shortId;
    this.#onChange = options.onChange;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#start();
  }

  [Symbol.dispose](): void {
    this.#stopping.abort();
    this.#child?.kill('SIGKILL');
  }

  #start(): void {
    // It ends with us, also when we are killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'nft', 'monitor'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: systemPath, LC_ALL: 'C' },
    });
    this.#child = child;
    const heard = new Set<RulesetChange['of']>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#failures = 0;
      const word = readMonitorLine(this.#shortId, line);
      if (word === undefined) return;
      if (typeof word === 'string') {
        heard.add(word);
        return;
      }
      // The end of a transaction names who made it.
      for (const of of heard) this.#onChange({ of, by: word.by });
      heard.clear();
    });
    child.once('error', () => this.#again());
    child.once('exit', () => this.#again());
  }

  #again(): void {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    this.#log.debug({}, 'The rules of the machine are not listened to for a moment');
    const wait = this.#clock.sleep(backoffMs(again, this.#failures++), signal);
    wait.then(() => this.#start()).catch(() => {});
  }
}
