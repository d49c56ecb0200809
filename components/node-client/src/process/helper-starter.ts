/** A starter that forks through a small helper process, respawned when it dies. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ProcessExit } from '../hypervisor/qemu/machine-end.ts';
import type { HelperAnswer, HelperRequest } from './helper-messages.ts';
import type { CommandResult, DetachedProgram, ProcessStarter, StartedProgram } from './process-starter.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Waiting {
  settle: (answer: Exclude<HelperAnswer, { type: 'exited' }>) => void;
  exited: (exit: ProcessExit | null) => void;
}

export class HelperStarter implements ProcessStarter, Disposable {
  #helper: ChildProcess | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();

  async run(
    command: string,
    args: readonly string[],
    environment: Record<string, string>,
    input: string,
  ): Promise<CommandResult> {
    const { answer } = this.#ask({ type: 'run', command, args, environment, input });
    const reply = await answer;
    if (reply.type !== 'ran') throw failure(reply);
    return reply.result;
  }

  async startDetached(program: DetachedProgram): Promise<StartedProgram> {
    const { answer, exit } = this.#ask({ type: 'start', program });
    const reply = await answer;
    if (reply.type !== 'started') throw failure(reply);
    return { pid: reply.pid, exit };
  }

  [Symbol.dispose](): void {
    this.#helper?.disconnect();
    this.#helper = undefined;
  }

  #ask(request: WithoutId<HelperRequest>) {
    const id = ++this.#lastId;
    const { promise: answer, resolve: settle } = Promise.withResolvers<Parameters<Waiting['settle']>[0]>();
    const { promise: exit, resolve: exited } = Promise.withResolvers<ProcessExit | null>();
    this.#waiting.set(id, { settle, exited });
    this.#running().send({ ...request, id }, (error) => {
      if (error) this.#hear({ id, type: 'failed', message: error.message, code: undefined });
    });
    return { answer, exit };
  }

  #running(): ChildProcess {
    if (this.#helper) return this.#helper;
    const helper = fork(join(import.meta.dirname, 'helper-process.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    helper.on('message', (message) => this.#hear(message as HelperAnswer));
    helper.once('exit', () => {
      if (this.#helper === helper) this.#helper = undefined;
      for (const [id, { exited }] of this.#waiting) {
        this.#hear({ id, type: 'failed', message: 'The process that starts programs has ended.', code: undefined });
        exited(null);
      }
      this.#waiting.clear();
    });
    // It must not keep the agent alive.
    helper.unref();
    helper.channel?.unref();
    this.#helper = helper;
    return helper;
  }

  #hear(message: HelperAnswer): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if (message.type === 'exited') waiting.exited(message.exit);
    else waiting.settle(message);
    if (message.type !== 'started') this.#waiting.delete(message.id);
  }
}

function failure(answer: HelperAnswer): Error {
  if (answer.type !== 'failed') return new Error(`Unexpected answer of the helper: ${answer.type}`);
  return Object.assign(new Error(answer.message), { code: answer.code });
}
