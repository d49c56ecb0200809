/** The other processes of a run, and the questions they answer. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Answers, Question } from './role.ts';
import type { Pace } from './slow-clock.ts';

/** Come before everything else of the process. */
const slowTime = resolve(import.meta.dirname, 'slow-time.ts');
const compileCache = resolve(import.meta.dirname, 'compile-cache.ts');

export class RoleProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  constructor(name: string, pace: Pace) {
    this.#child = fork(resolve(import.meta.dirname, 'role.ts'), [name, JSON.stringify(pace)], {
      // The first as the launcher gives it.
      execArgv: ['--max-semi-space-size=32', '--import', compileCache, '--import', slowTime],
    });
    this.#child.on('message', ({ id, answer, error }: { id: number; answer?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(`${name}: ${error}`));
    });
    this.#child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} has ended (${signal ?? code})`));
    });
  }

  /** Once it runs with all the threads that Node.js begins with. */
  async pid(): Promise<number> {
    await this.ask({ kind: 'mark', profile: false });
    return this.#child.pid ?? 0;
  }

  async ask<Kind extends keyof Answers>(
    question: Extract<Question, { kind: Kind }> & { kind: Kind },
  ): Promise<Answers[Kind]> {
    const id = ++this.#asked;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    // Without the function an error would be nobody's, and end us with our database still running.
    this.#child.send({ id, question }, (error) => error && waiting.reject(error));
    return (await waiting.promise) as Answers[Kind];
  }

  /** As by a crash, or a cut of its power. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** It exits at once: nothing of a run is kept, and a clean stop of thousands of nodes would only take its time. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
