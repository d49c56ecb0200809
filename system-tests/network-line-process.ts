/** A process that takes one line of JSON at a time and answers with one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

export class LineProcess {
  readonly #process: ChildProcess;
  readonly #answers: Interface;
  readonly #ended: Promise<[string]>;

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    this.#answers = createInterface({ input: child.stdout });
    this.#ended = once(child, 'exit').then(() => ['{"error":"The process has ended."}']);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Throws what the other side threw. */
  async ask(question: unknown): Promise<{ result: unknown; ms: number }> {
    const answered = once(this.#answers, 'line');
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const [line] = await Promise.race([answered, this.#ended]);
    const answer = JSON.parse(String(line));
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
  }
}

/** The other side: answers every line of standard input. */
export async function answerLines(answer: (question: never) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const started = performance.now();
    const reply = await answer(JSON.parse(line) as never).then(
      (result) => ({ result, ms: performance.now() - started }),
      (error: unknown) => ({ error: String(error) }),
    );
    console.log(JSON.stringify(reply));
  }
}
