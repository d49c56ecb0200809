/** Real hosts of a domain in the lab, with instances that are only pretended, and a client for its REST API. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { hostFetch, type LabHost, type LabProcess, waitFor } from '@zhiyun/testkit';

const main = resolve(import.meta.dirname, '../../components/all-in-one/src/main.ts');

export interface RunningHost {
  host: LabHost;
  process: LabProcess;
  /** As `up --json` prints it. */
  info: {
    url?: string;
    passwordFile?: string;
    caFile: string;
    domain: string;
    roles: { role: string; state: string }[];
  };
  /** From the command to readiness. */
  readyMs: number;
}

/** `up` or `join` in the foreground. Throws with its words when it ends instead of getting ready. */
export async function startHost(host: LabHost, command: 'up' | 'join', ...options: string[]): Promise<RunningHost> {
  const startedAt = performance.now();
  const parameters = [main, command, ...options, '--simulated', '--json'];
  const process_ = await host.run(process.execPath, ['--max-semi-space-size=32', ...parameters]);
  const [line] = await process_.says(/^\{.*\}$/m, 60_000);
  return { host, process: process_, info: JSON.parse(line), readyMs: performance.now() - startedAt };
}

/** `join` that is refused: what it says. Throws when it gets ready. */
export async function refusedJoin(host: LabHost, ...options: string[]): Promise<string> {
  const joining = await host.run(process.execPath, [main, 'join', ...options, '--simulated', '--json']);
  const { code } = await joining.ended;
  if (code === 0) throw new Error(`The join was not refused.\n${joining.report()}`);
  return joining.stderr;
}

/** Of the domain that this host founded, with requests that start in `from`. */
export async function signIn(founder: RunningHost, from = founder.host): Promise<RestClient & { token: string }> {
  const { url = '', passwordFile = '', caFile } = founder.info;
  const ca = await readFile(caFile, 'utf8');
  const baseUrl = url.replace('127.0.0.1', from === founder.host ? '127.0.0.1' : founder.host.address);
  const fetch = hostFetch(from, { ca });
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const session = await waitFor(
    () => createRestClient({ baseUrl, fetch }).createSession({ body: { username: 'admin', password } }),
    { describe: `${founder.host.name} to let us sign in` },
  );
  return { ...createRestClient({ baseUrl, fetch, token: () => session.token }), token: session.token };
}
