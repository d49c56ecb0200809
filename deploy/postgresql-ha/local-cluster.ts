/**
 * The sample on one machine, for trying and for tests: one etcd and some Patroni members on ports of the loopback, in one
 * directory, from the same `patroni.yml` as in earnest. Ends what it started, by its process ids, and nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAccount, findBinaries, forgetUnreaped } from '@zhiyun/store';
import pg from 'pg';

const host = '127.0.0.1';
const startWithinMs = 90_000;
const template = new URL('patroni.yml', import.meta.url);
const createDatabase = new URL('create-database.sql', import.meta.url);

export interface Member {
  name: string;
  port: number;
  restPort: number;
  directory: string;
  patroni: ChildProcess | undefined;
}

export class LocalCluster implements AsyncDisposable {
  readonly directory: string;
  readonly members: readonly Member[];
  readonly #password: string;
  readonly #etcd: ChildProcess;
  readonly #ids: Ids;

  /** Resolves when there is a primary with a synchronous standby, and the database `zhiyun`. */
  static async start(count = 3): Promise<LocalCluster> {
    const ids = await accountIds();
    const directory = await mkdtemp(join(tmpdir(), 'zhiyun-postgresql-ha-'));
    await give(directory, ids);
    const [etcdPort = 0, peerPort = 0, ...ports] = await freePorts(2 + 2 * count);
    const etcd = await startEtcd(directory, etcdPort, peerPort, ids);
    const password = () => randomBytes(12).toString('base64url');
    const common = {
      ADDRESS: host,
      NETWORK: `${host}/32`,
      ETCD_HOSTS: `${host}:${etcdPort}`,
      BIN_DIRECTORY: dirname((await findBinaries()).postgres),
      SUPERUSER_PASSWORD: password(),
      REPLICATION_PASSWORD: password(),
      REWIND_PASSWORD: password(),
      WATCHDOG: 'off',
    };
    const members: Member[] = [];
    for (let index = 0; index < count; index++) {
      const name = `member${index + 1}`;
      const [port = 0, restPort = 0] = ports.slice(2 * index);
      const own = join(directory, name);
      await mkdir(own);
      await give(own, ids);
      const values = { NAME: name, POSTGRES_PORT: port, REST_PORT: restPort, STATE_DIRECTORY: own };
      const text = await fill({ ...common, ...values, DATA_DIRECTORY: join(own, 'data') });
      await writeFile(join(own, 'patroni.yml'), text, { mode: 0o600 });
      await give(join(own, 'patroni.yml'), ids);
      members.push({ name, port, restPort, directory: own, patroni: undefined });
    }
    const cluster = new LocalCluster({ directory, members, password: password(), etcd, ids });
    try {
      await cluster.#begin(common.SUPERUSER_PASSWORD);
    } catch (error) {
      const logs = await Promise.all(members.map((member) => lastLines(join(member.directory, 'patroni.log'))));
      await cluster[Symbol.asyncDispose]();
      throw new Error(`The cluster did not start: ${error}\n${logs.join('\n')}`, { cause: error });
    }
    return cluster;
  }

  private constructor(made: {
    directory: string;
    members: readonly Member[];
    password: string;
    etcd: ChildProcess;
    ids: Ids;
  }) {
    this.directory = made.directory;
    this.members = made.members;
    this.#password = made.password;
    this.#etcd = made.etcd;
    this.#ids = made.ids;
  }

  /** For `database.url`: every member. */
  get url(): string {
    return `postgresql://zhiyun:${this.#password}@${this.members.map(({ port }) => `${host}:${port}`).join(',')}/zhiyun`;
  }

  async #begin(superuserPassword: string): Promise<void> {
    const [first, ...others] = this.members;
    if (!first) throw new Error('a cluster without members');
    await this.startMember(first);
    await until(() => isIn(first, 'primary'), `${first.name} to be the primary`);
    for (const member of others) await this.startMember(member);
    const client = new pg.Client({ host, port: first.port, user: 'postgres', password: superuserPassword });
    await client.connect();
    try {
      // The first line is for psql alone.
      const text = (await readFile(createDatabase, 'utf8')).replace(/^\\.*$/m, '');
      const statements = text.replace(":'password'", pg.escapeLiteral(this.#password));
      for (const statement of statements.split(';')) await client.query(statement);
    } finally {
      await client.end();
    }
    if (others.length > 0) await this.untilSynchronous();
  }

  async untilSynchronous(): Promise<void> {
    const synchronous = async () =>
      (await Promise.all(this.members.map((one) => isIn(one, 'synchronous')))).some(Boolean);
    await until(synchronous, 'a synchronous standby');
  }

  async startMember(member: Member): Promise<void> {
    const file = join(member.directory, 'patroni.yml');
    await forgetUnreaped(join(member.directory, 'data'));
    member.patroni = await launch('patroni', [file], join(member.directory, 'patroni.log'), this.#ids);
  }

  /** Undefined: there is none at the moment. */
  async primary(): Promise<Member | undefined> {
    const answers = await Promise.all(this.members.map((member) => isIn(member, 'primary')));
    return this.members[answers.indexOf(true)];
  }

  /** As when its machine loses power: PostgreSQL and Patroni are killed. */
  async killMember(member: Member): Promise<void> {
    const postmaster = await postmasterOf(member);
    member.patroni?.kill('SIGKILL');
    if (postmaster !== undefined) process.kill(postmaster, 'SIGKILL');
    await ended(member.patroni);
    member.patroni = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { patroni } of this.members) patroni?.kill('SIGTERM');
    for (const { patroni } of this.members) await ended(patroni, 20_000);
    for (const member of this.members) {
      const postmaster = await postmasterOf(member);
      if (postmaster === undefined) continue;
      process.kill(postmaster, 'SIGQUIT');
      await until(async () => (await postmasterOf(member)) === undefined, `${member.name} to end`);
    }
    this.#etcd.kill('SIGTERM');
    await ended(this.#etcd, 10_000);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Patroni's own word: `/primary`, `/replica`, `/synchronous` answer 200 when the member is that. */
export async function isIn(member: Member, role: 'primary' | 'replica' | 'synchronous'): Promise<boolean> {
  const signal = AbortSignal.timeout(2_000);
  return fetch(`http://${host}:${member.restPort}/${role}`, { signal }).then(
    (answer) => answer.ok,
    () => false,
  );
}

interface Ids {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses to be root. */
async function accountIds(): Promise<Ids> {
  const account = await databaseAccount();
  return account ? { uid: account.uid, gid: account.gid } : {};
}

async function give(path: string, { uid, gid }: Ids): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

async function fill(values: Record<string, string | number>): Promise<string> {
  const text = await readFile(template, 'utf8');
  return text.replaceAll(/\$\{([A-Z_]+)\}/g, (whole, name) => String(values[name] ?? whole));
}

async function startEtcd(directory: string, port: number, peerPort: number, ids: Ids): Promise<ChildProcess> {
  const client = `http://${host}:${port}`;
  const peer = `http://${host}:${peerPort}`;
  const parameters = [
    ...['--name', 'etcd1', '--data-dir', join(directory, 'etcd')],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `etcd1=${peer}`],
  ];
  return launch('etcd', parameters, join(directory, 'etcd.log'), ids);
}

async function launch(program: string, parameters: string[], logPath: string, ids: Ids): Promise<ChildProcess> {
  const log = await open(logPath, 'a');
  try {
    const child = spawn(program, parameters, {
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', log.fd, log.fd],
      ...ids,
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await log.close();
  }
}

/** After `killAfterMs` it is killed. */
async function ended(child: ChildProcess | undefined, killAfterMs?: number): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  await once(child, 'exit');
  clearTimeout(timer);
}

async function postmasterOf({ directory }: Member): Promise<number | undefined> {
  const text = await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(directory) ? pid : undefined;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address) ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports;
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + startWithinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(100);
  }
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-15).join('\n');
}
