/** A second host on the same machine: a home of its own, in which the launcher is run as its administrator would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processGone, until } from './platform.ts';
import { run } from './run.ts';

const launcher = resolve(import.meta.dirname, '../../zhiyun');

export interface SecondHost extends AsyncDisposable {
  readonly home: string;
  /** The launcher with any command, on this home. Throws with its words when it fails. */
  zhiyun(...parameters: string[]): Promise<string>;
  /** The same, with what is typed into it. */
  zhiyunWith(input: string, ...parameters: string[]): Promise<string>;
  /** kill -9 of its one process. */
  kill(): Promise<void>;
}

export async function secondHost(): Promise<SecondHost> {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-second-'));
  const env = { ...process.env, ZHIYUN_HOME: home };
  async function zhiyunWith(input: string, ...parameters: string[]): Promise<string> {
    const { status, stdout, stderr } = await run(launcher, parameters, { env, input });
    if (status !== 0) throw new Error(`zhiyun ${parameters[0]}: ${stderr}`);
    return stdout;
  }
  const zhiyun = (...parameters: string[]) => zhiyunWith('', ...parameters);
  return {
    home,
    zhiyun,
    zhiyunWith,
    async kill() {
      const { pid } = JSON.parse(await zhiyun('status', '--json')) as { pid: number };
      process.kill(pid, 'SIGKILL');
      await until(() => processGone(pid), `the end of pid ${pid}`);
    },
    async [Symbol.asyncDispose]() {
      await run(launcher, ['down', '--instances'], { env });
      await rm(home, { recursive: true, force: true });
    },
  };
}
