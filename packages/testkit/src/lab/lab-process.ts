/** A process of a lab's host, with everything it said kept for the words of a failing test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { waitFor } from '../wait-for.ts';

/** Of each stream the end is kept. */
const keptCharacters = 1024 * 1024;

export interface LabProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export class LabProcess {
  readonly command: string;
  /** As the machine counts it; inside the host it has another. */
  readonly pid: number;
  readonly ended: Promise<LabProcessEnd>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #end: LabProcessEnd | undefined;

  private constructor(command: string, pid: number, child: ChildProcess) {
    this.command = command;
    this.pid = pid;
    this.#child = child;
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.#end = { code, signal };
      return this.#end;
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout = (this.#stdout + text).slice(-keptCharacters);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-keptCharacters);
    });
    child.stdin?.on('error', () => {});
  }

  /** `args` make a program that tells its pid, as the machine counts it, on descriptor 3. */
  static async start(
    command: string,
    [program = '', ...args]: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<LabProcess> {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    const told = child.stdio[3] as Readable;
    const [pid] = await Promise.race([once(told, 'data'), once(child, 'close').then(() => [undefined])]);
    if (!pid) throw new Error(`"${command}" could not be started in the lab`);
    return new LabProcess(command, Number(pid), child);
  }

  get stdout(): string {
    return this.#stdout;
  }
  get stderr(): string {
    return this.#stderr;
  }
  get stdin(): Writable | null {
    return this.#child.stdin;
  }
  get end(): LabProcessEnd | undefined {
    return this.#end;
  }

  /** Every chunk of standard output, for those who read it as it comes. */
  onOutput(listener: (text: string) => void): void {
    this.#child.stdout?.on('data', listener);
  }

  /** Waits until it has said this, on either stream. Throws with what it said instead. */
  async says(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    const said = () => pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
    await waitFor(() => said() ?? this.#end, { timeoutMs, describe: `"${this.command}" to say ${pattern}` });
    const match = said();
    if (!match) throw new Error(`"${this.command}" ended before it said ${pattern}.\n${this.report()}`);
    return match;
  }

  /** Resolves when it has ended. */
  async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<LabProcessEnd> {
    this.signal(signal);
    return this.ended;
  }

  /** No more than the signal: SIGSTOP and SIGCONT end nothing. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#end) process.kill(this.pid, signal);
  }

  report(): string {
    const state = this.#end ? `ended (${this.#end.signal ?? this.#end.code})` : 'runs';
    const tail = (name: string, text: string) => (text ? `--- ${name}\n${text.slice(-4_000).trimEnd()}\n` : '');
    return `=== ${this.command}: ${state}\n${tail('stdout', this.#stdout)}${tail('stderr', this.#stderr)}`;
  }
}
