/**
 * The floor of `placement.ts`: one statement that takes capacity of a node if it has it and writes the instance and its
 * operation, durably, in bare tables. pgbench sends it, so that no client of ours slows it down.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { silentLogger } from '@zhiyun/kernel';
import { findBinaries, openStore } from '@zhiyun/store';
import { sql } from 'kysely';
import type { LoopFigures } from './closed-loop.ts';

export interface MachineSize {
  cores: number;
  memoryBytes: number;
  diskBytes: number;
}
export interface ClaimFloorOptions {
  /** Behind a unix socket; its schema `floor` is made anew. */
  databaseUrl: string;
  /** For pgbench's script and logs. */
  directory: string;
  nodes: number;
  instance: MachineSize;
}

/** Is asked for each time, and never short: a refused claim would cost less. */
const ample: MachineSize = { cores: 2 ** 30, memoryBytes: 2 ** 52, diskBytes: 2 ** 52 };

/** `seconds` of claims by `clients` connections. Throws when a node was oversold or a claim left no row. */
export async function claimFloor(
  options: ClaimFloorOptions & { clients: number; seconds: number },
): Promise<LoopFigures> {
  const { databaseUrl, clients, seconds, nodes } = options;
  const directory = await mkdtemp(join(options.directory, 'pgbench-'));
  const script = join(directory, 'claim.sql');
  await writeFile(script, claim(options.instance));
  await using store = await openDatabase(databaseUrl);
  await sql.raw(tables(options)).execute(store.db);
  const { username, pathname, searchParams } = new URL(databaseUrl);
  await promisify(execFile)(
    join(dirname((await findBinaries()).initdb), 'pgbench'),
    [
      ...['--no-vacuum', '--protocol=prepared', `--client=${clients}`, `--time=${seconds}`, `--define=nodes=${nodes}`],
      ...['--log', `--log-prefix=${join(directory, 'log')}`, `--file=${script}`],
      ...[`--host=${searchParams.get('host')}`, `--username=${username}`, pathname.slice(1)],
    ],
    { cwd: directory },
  );
  const latenciesMs = await readLatencies(directory);
  const { rows } = await sql<{ instances: number; operations: number; oversold: number }>`
    select (select count(*) from floor.instance) as instances, (select count(*) from floor.operation) as operations,
           (select count(*) from floor.node where cores_promised > cores_total) as oversold`.execute(store.db);
  const [found] = rows;
  if (found?.instances !== latenciesMs.length || found.operations !== latenciesMs.length || found.oversold > 0)
    throw new Error(`the floor is wrong: ${latenciesMs.length} claims, ${JSON.stringify(found)}`);
  return { latenciesMs, seconds };
}

async function openDatabase(url: string) {
  const store = await openStore({ url, log: silentLogger, maxConnections: 1 });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

function tables({ nodes }: ClaimFloorOptions): string {
  return `
    drop schema if exists floor cascade;
    create schema floor;
    create table floor.node (
      id integer primary key,
      cores_total integer not null, cores_promised integer not null default 0,
      memory_total bigint not null, memory_promised bigint not null default 0,
      disk_total bigint not null, disk_promised bigint not null default 0);
    create table floor.instance (
      id uuid primary key, node_id integer not null, state text not null,
      cores integer not null, memory_bytes bigint not null, disk_bytes bigint not null);
    create table floor.operation (
      id uuid primary key, kind text not null, state text not null, instance_id uuid not null, created_at timestamptz not null);
    insert into floor.node (id, cores_total, memory_total, disk_total)
      select n, ${ample.cores}, ${ample.memoryBytes}, ${ample.diskBytes} from generate_series(1, ${nodes}) n;
    analyze floor.node;`;
}

function claim({ cores, memoryBytes, diskBytes }: MachineSize): string {
  return `\\set node random(1, :nodes)
with claimed as (
  update floor.node set cores_promised = cores_promised + ${cores},
    memory_promised = memory_promised + ${memoryBytes}, disk_promised = disk_promised + ${diskBytes}
  where id = :node and cores_promised + ${cores} <= cores_total
    and memory_promised + ${memoryBytes} <= memory_total and disk_promised + ${diskBytes} <= disk_total
  returning id),
made as (
  insert into floor.instance select gen_random_uuid(), id, 'creating', ${cores}, ${memoryBytes}, ${diskBytes} from claimed
  returning id)
insert into floor.operation select gen_random_uuid(), 'instance.create', 'running', id, now() from made;
`;
}

/** pgbench's log: a line for each transaction, its third word the microseconds it took. */
async function readLatencies(directory: string): Promise<number[]> {
  const logs = (await readdir(directory)).filter((name) => name.startsWith('log.'));
  const texts = await Promise.all(logs.map((name) => readFile(join(directory, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((row) => row !== '')
    .map((row) => Number(row.split(' ')[2]) / 1000);
}
