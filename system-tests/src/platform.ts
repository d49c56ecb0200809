/**
 * A real platform in a home of its own, started and stopped by the launcher as a user would, with its CLI signed in and a
 * REST client. Whatever it leaves when a test fails is removed by `dispose`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import tls from 'node:tls';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { isRunning, systemClock } from '@zhiyun/kernel';
import { type Ended, run } from './run.ts';

const launcher = resolve(import.meta.dirname, '../../zhiyun');

export interface Platform extends AsyncDisposable {
  readonly home: string;
  readonly url: string;
  readonly pid: number;
  readonly client: RestClient;
  readonly token: string;
  readonly ca: string;
  readonly password: string;
  /** The launcher with any command, on this home and with this session. */
  zhiyun(...parameters: string[]): Promise<Ended>;
  /** `up --detach`; fails with its words. Signs in anew. */
  up(): Promise<void>;
  down(...parameters: string[]): Promise<void>;
  /** kill -9 of the one process of the platform; QEMU and PostgreSQL live on. */
  kill(): Promise<void>;
}

/** No process of this pid, or a zombie. */
export async function processGone(pid: number): Promise<boolean> {
  return !(await isRunning(pid));
}

export async function until(condition: () => Promise<boolean>, describe: string, timeoutMs = 60_000): Promise<void> {
  const deadline = systemClock.monotonicMs() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    if (systemClock.monotonicMs() > deadline)
      throw new Error(`waited ${timeoutMs} ms for: ${describe}`, { cause: last });
    await systemClock.sleep(50);
  }
}

/** `environment` is added to that of every command, `options` to `up`. */
export async function startPlatform(
  environment: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
): Promise<Platform> {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-system-'));
  const env = { ...process.env, ...environment, ZHIYUN_HOME: home, XDG_CONFIG_HOME: join(home, 'user') };
  let listen = '127.0.0.1:0';
  let facts = { url: '', pid: 0, ca: '', token: '', password: '' };
  let client: RestClient | undefined;
  const zhiyun = (...parameters: string[]) => run(launcher, parameters, { env });

  const platform: Platform = {
    home,
    get url() {
      return facts.url;
    },
    get pid() {
      return facts.pid;
    },
    get ca() {
      return facts.ca;
    },
    get token() {
      return facts.token;
    },
    get password() {
      return facts.password;
    },
    get client() {
      if (!client) throw new Error('the platform is not up');
      return client;
    },
    zhiyun,
    async up() {
      const { status, stdout, stderr } = await zhiyun('up', '--listen', listen, '--detach', '--json', ...options);
      if (status !== 0) throw new Error(`zhiyun up: ${stderr}`);
      const ready = JSON.parse(stdout) as {
        url: string;
        username: string;
        passwordFile: string;
        caFile: string;
        pid: number;
      };
      const ca = await readFile(ready.caFile, 'utf8');
      tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);
      const password = (await readFile(ready.passwordFile, 'utf8')).trim();
      const session = await createRestClient({ baseUrl: ready.url }).createSession({
        body: { username: ready.username, password },
      });
      facts = { url: ready.url, pid: ready.pid, ca, token: session.token, password };
      client = createRestClient({ baseUrl: ready.url, token: () => session.token });
      listen = new URL(ready.url).host;
      const login = await zhiyun('login', '--password-file', ready.passwordFile);
      if (login.status !== 0) throw new Error(`zhiyun login: ${login.stderr}`);
    },
    async down(...parameters) {
      const { status, stderr } = await zhiyun('down', ...parameters);
      if (status !== 0) throw new Error(`zhiyun down: ${stderr}`);
    },
    async kill() {
      process.kill(facts.pid, 'SIGKILL');
      await until(() => processGone(facts.pid), `the end of pid ${facts.pid}`);
    },
    async [Symbol.asyncDispose]() {
      // A platform that was killed is brought up once more, so that it cleans up after itself.
      if ((await zhiyun('status')).status !== 0) await zhiyun('up', '--listen', listen, '--detach', ...options);
      await zhiyun('down', '--instances');
      await rm(home, { recursive: true, force: true });
    },
  };
  try {
    await platform.up();
    return platform;
  } catch (error) {
    await platform[Symbol.asyncDispose]();
    throw error;
  }
}
