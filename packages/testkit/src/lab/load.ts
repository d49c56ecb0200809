/** Load on a platform from inside a host of the lab, with every answer kept. */
import { join } from 'node:path';
import type { LabHost } from './lab-host.ts';
import type { LoadAnswer, LoadPlan } from './load-plan.ts';

export class Load {
  readonly answers: LoadAnswer[] = [];
  readonly #stop: () => Promise<void>;

  private constructor(stop: () => Promise<void>) {
    this.#stop = stop;
  }

  static async start(host: LabHost, plan: LoadPlan): Promise<Load> {
    const generator = await host.run(process.execPath, [join(import.meta.dirname, 'load-process.ts')]);
    const load = new Load(async () => {
      generator.stdin?.end();
      const { code } = await generator.ended;
      if (code !== 0) throw new Error(`The load generator failed.\n${generator.report()}`);
    });
    let rest = '';
    generator.onOutput((text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) load.answers.push(JSON.parse(line));
    });
    generator.stdin?.write(`${JSON.stringify(plan)}\n`);
    return load;
  }

  /** Sends no more, waits for what is open, and gives every answer. */
  async stop(): Promise<readonly LoadAnswer[]> {
    await this.#stop();
    return this.answers;
  }

  /** No answer, or one that says that the platform has failed. */
  get failed(): readonly LoadAnswer[] {
    return this.answers.filter(({ status }) => status === 0 || status >= 500);
  }

  /** `quantile` 0.99 of the times of what was answered, ms. */
  quantileMs(quantile: number, name?: string): number {
    const times = this.answers.filter((answer) => !name || answer.name === name).map(({ ms }) => ms);
    times.sort((one, other) => one - other);
    return times[Math.min(times.length - 1, Math.floor(times.length * quantile))] ?? Number.NaN;
  }
}
