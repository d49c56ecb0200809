/** A PostgreSQL of its own on a host of the lab: the database of a cluster, as somebody else would run it. */
import { chmod, chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab, LabHost } from '@zhiyun/testkit';
import { run } from './run.ts';

export interface LabPostgres {
  url: string;
  /** Rows of a query, each as its fields. */
  query(sql: string): Promise<string[][]>;
}

const root = '/usr/lib/postgresql';

export async function startLabPostgres(lab: Lab, host: LabHost): Promise<LabPostgres> {
  const [version = ''] = (await readdir(root)).sort().reverse();
  const directory = join(host.home, 'postgres');
  await mkdir(directory);
  const uid = Number((await run('id', ['-u', 'postgres'])).stdout);
  await chown(directory, uid, uid);
  for (const above of [lab.directory, join(lab.directory, host.name), host.home]) await chmod(above, 0o711);
  const bin = (program: string) => join(root, version, 'bin', program);
  const as = (command: string) => ['postgres', '-s', '/bin/sh', '-c', command];
  await host.exec('su', as(`${bin('initdb')} -D ${directory} -A trust -U postgres --no-sync`));
  const access = join(directory, 'pg_hba.conf');
  await host.exec('su', as(`echo 'host all all 10.77.0.0/16 trust' >> ${access}`));
  const settings = `-c listen_addresses='*' -c unix_socket_directories=${directory} -c max_connections=200`;
  const server = await host.run('su', as(`exec ${bin('postgres')} -D ${directory} ${settings}`));
  await server.says(/ready to accept connections/);
  const psql = (database: string, sql: string) =>
    host.exec(bin('psql'), ['-h', '127.0.0.1', '-U', 'postgres', '-d', database, '-AtF', '\t', '-c', sql]);
  await psql('postgres', 'create database zhiyun');
  return {
    url: `postgresql://postgres@${host.address}:5432/zhiyun`,
    query: async (sql) =>
      (await psql('zhiyun', sql))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t')),
  };
}
