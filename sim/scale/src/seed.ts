/**
 * The domain as it was yesterday: certificates, nodes and instances, written straight into the database and the nodes' homes.
 * So «connected» in a run means that known components come back, not that thousands join for the first time.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComputePoolId, defaultComputePoolName } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { createCertificateRequest, newPrivateKey, publicKeySha256, signComponentCertificate } from '@zhiyun/link';
import { startedGeneration, startedSequence } from '@zhiyun/node-client';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { instanceSize, instancesOf, nodeFacts, nodeId, nodeName } from './world.ts';

export interface SeedOptions {
  store: Store;
  homes: string;
  nodes: number;
  instances: number;
}

/** Of the first node's listener; below the ports that the system gives to outgoing connections. */
const firstPort = 20_000;
const rowsAtOnce = 500;

export async function seed(options: SeedOptions): Promise<void> {
  await seedIdentities(options);
  await seedNodes(options);
  await seedInstances(options);
}

async function seedIdentities({ store, homes, nodes }: SeedOptions): Promise<void> {
  const domain = await store.db.selectFrom('domain').selectAll().executeTakeFirstOrThrow();
  const { id: domainId, name, ca_certificate: caCertificate } = domain;
  const dataServers = await store.db.selectFrom('registration').select('endpoint').execute();
  const authority = { certificate: caCertificate, privateKey: domain.ca_private_key };
  const seedOne = async (number: number) => {
    const id = nodeId(number);
    const privateKey = newPrivateKey();
    const request = await createCertificateRequest(privateKey);
    const subject = { domainId, type: 'node-client', id } as const;
    const certificate = await signComponentCertificate(authority, request, subject, systemClock.now());
    const directory = join(homes, String(number), 'node-client', 'identity');
    await mkdir(directory, { recursive: true });
    const membership = { domain: { id: domainId, name }, certificate, caCertificate };
    await writeFile(join(directory, 'identity.json'), JSON.stringify({ id, privateKey }), { mode: 0o600 });
    await writeFile(join(directory, 'membership.json'), JSON.stringify(membership));
    await writeFile(join(directory, 'address.json'), JSON.stringify({ port: firstPort + number }));
    await writeFile(join(directory, 'data-servers.json'), JSON.stringify(dataServers.map(({ endpoint }) => endpoint)));
    return { id, type: subject.type, public_key_sha256: publicKeySha256(request), joined_at: new Date() };
  };
  for (const batch of batches(nodes, 100)) {
    const rows = await Promise.all(batch.map(seedOne));
    await store.db.insertInto('component').values(rows).execute();
  }
}

async function seedNodes({ store, nodes, instances }: SeedOptions): Promise<void> {
  const compute_pool_id = await defaultPool(store);
  const now = new Date();
  for (const batch of batches(nodes, rowsAtOnce))
    await store.db
      .insertInto('node')
      .values(
        batch.map((number) => ({
          id: nodeId(number),
          name: nodeName(number),
          compute_pool_id,
          state: 'offline' as const,
          state_since: now,
          facts: { ...nodeFacts, hostname: nodeName(number) },
          joined_at: now,
        })),
      )
      .execute();
  const accounts = [
    { resource: 'cores', total: nodeFacts.cores, promised: instances * instanceSize.cores },
    { resource: 'memory-bytes', total: nodeFacts.memoryBytes, promised: instances * instanceSize.memoryBytes },
    { resource: 'disk-bytes', total: nodeFacts.diskBytes, promised: instances * instanceSize.diskBytes },
    { resource: 'instances', total: null, promised: instances },
  ];
  await sql`
    insert into account select 'node', node.id, resource, total, promised
    from node cross join jsonb_to_recordset(${accounts}::jsonb) as given (resource text, total bigint, promised bigint)
    on conflict (owner_kind, owner_id, resource) do update set total = excluded.total, promised = excluded.promised`.execute(
    store.db,
  );
}

async function seedInstances({ store, nodes, instances }: SeedOptions): Promise<void> {
  const compute_pool_id = await defaultPool(store);
  const now = new Date();
  const nodesAtOnce = Math.max(1, Math.floor(rowsAtOnce / Math.max(1, instances)));
  if (instances > 0)
    for (const batch of batches(nodes, nodesAtOnce)) {
      const configs = batch.flatMap((number) =>
        instancesOf(number, instances).map((config) => ({ config, node_id: nodeId(number) })),
      );
      await store.db
        .insertInto('instance')
        .values(
          configs.map(({ config, node_id }) => ({
            id: config.id,
            name: config.name,
            compute_pool_id,
            node_id,
            // As while its node is away.
            state: 'unknown' as const,
            state_since: now,
            generation: startedGeneration,
            observed_generation: startedGeneration,
            observed_sequence: startedSequence,
            observed_state: 'running' as const,
            cores: config.cores,
            memory_bytes: config.memoryBytes,
            mac_address: config.nics[0]?.macAddress ?? '',
            created_at: now,
          })),
        )
        .execute();
      await store.db
        .insertInto('disk')
        .values(
          configs.flatMap(({ config }) =>
            config.disks.map((disk, position) => ({
              id: disk.id,
              instance_id: config.id,
              position,
              size_bytes: disk.sizeBytes,
            })),
          ),
        )
        .execute();
    }
}

async function defaultPool(store: Store): Promise<ComputePoolId> {
  const pool = await store.db
    .selectFrom('compute_pool')
    .select('id')
    .where('name', '=', defaultComputePoolName)
    .executeTakeFirstOrThrow();
  return pool.id;
}

/** 0 to `count`, in groups of at most `size`. */
function* batches(count: number, size: number): Generator<number[]> {
  for (let first = 0; first < count; first += size)
    yield Array.from({ length: Math.min(size, count - first) }, (_, index) => first + index);
}
