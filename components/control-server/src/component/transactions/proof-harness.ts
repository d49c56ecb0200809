/**
 * The world in which the removal of components is proven: two Storage Servers in directories, a node, and a Data Server that
 * writes down in a file whom it has cut off. Loaded by child processes: no test framework in it.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComponentId, type ImageId, type InstanceId, MiB, type OperationId } from '@zhiyun/contracts';
import { type ComponentType, dataServerLink, type InstanceConfig } from '@zhiyun/contracts/links';
import { newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import type { Peer } from '@zhiyun/link';
import { openStore, type Store } from '@zhiyun/store';
import type { ProofEnvironment, TransactionHarness } from '@zhiyun/transaction/testing';
import { insertImage } from '../../image/image-store.ts';
import { checked, StorageInDirectories } from '../../image/testing/storage-in-directories.ts';
import { moveImageTransaction } from '../../image/transactions/move-image.ts';
import { reserveInstance } from '../../instance/reserve-instance.ts';
import { settleInstances } from '../../instance/state/settle-instances.ts';
import { noteHearings } from '../../node/node-hearing.ts';
import { saveNodes } from '../../node/node-store.ts';
import { showInstances } from '../../node/shown-instances.ts';
import { testFacts } from '../../node/test-node.ts';
import type { StorageClient, StoragePeer } from '../../peers/peers.ts';
import { Placements } from '../../placement/placements.ts';
import { componentTransactions } from './component-transactions.ts';

const nodeId = '0197e6f0-0000-7000-8000-00000000000a' as ComponentId;
const leaving = '0197e6f0-0000-7000-8000-00000000000b' as ComponentId;
const staying = '0197e6f0-0000-7000-8000-00000000000c' as ComponentId;
const imageId = '0197e6f0-0000-7000-8000-00000000000d' as ImageId;

export const node = harnessOf('node-client', nodeId);
export const storage = harnessOf('storage-server', leaving);
/** A node that is lost, with an instance. */
export const lost = harnessOf('node-client', nodeId, true);

function harnessOf(type: ComponentType, id: ComponentId, isLost = false) {
  return async ({ databaseUrl, directory }: ProofEnvironment): Promise<TransactionHarness> => {
    const store = await openStore({ url: databaseUrl, log: silentLogger });
    const storage = new StorageInDirectories(directory);
    const cutOff = join(directory, 'cut-off');
    if (!(await store.db.selectFrom('component').select('id').executeTakeFirst()))
      await arrange(store, storage, isLost);

    const dataServer = {
      async removeComponent(): Promise<object> {
        await writeFile(cutOff, id);
        return {};
      },
    };
    const peerOf = (peerId: ComponentId) =>
      ({
        id: peerId,
        name: peerId,
        as: (table: unknown) => (table === dataServerLink ? dataServer : storage.client(peerId)),
      }) as unknown as Peer;
    const member = {
      onlinePeers: (wanted: ComponentType) => (wanted === 'data-server' ? [nodeId] : [leaving, staying]).map(peerOf),
    };
    const peers = {
      askStorage: <T>(server: ComponentId, ask: (client: StorageClient, peer: StoragePeer) => Promise<T>) =>
        ask(storage.client(server), storage.peer(server)),
      askNode: () => Promise.reject(new PlatformError('node-unreachable', 'There is no node here.')),
    };

    async function requireWorld(removed: boolean): Promise<void> {
      const row = await store.db.selectFrom('node').select('schedulable').executeTakeFirst();
      const image = await store.db.selectFrom('image').select('storage_server_id').executeTakeFirstOrThrow();
      const holders = image.storage_server_id === null ? [] : await storage.imagesOn(image.storage_server_id);
      const instance = await store.db.selectFrom('instance').select(['state', 'node_id']).executeTakeFirst();
      const found = JSON.stringify({ row, image, holders, instance, cutOff: existsSync(cutOff) });
      if (holders.length !== 1) throw new Error(`nobody has the image: ${found}`);
      if (!removed && !row?.schedulable) throw new Error(`the node is held: ${found}`);
      const kept = removed ? instance?.state === 'lost' && instance.node_id === null : instance?.node_id === nodeId;
      if (isLost && !kept) throw new Error(`the instance is not as it should be: ${found}`);
      if (removed && !existsSync(cutOff)) throw new Error(`not cut off: ${found}`);
      if (removed && (type === 'node-client' ? row : image.storage_server_id !== staying))
        throw new Error(`something of it is left: ${found}`);
    }
    return {
      store,
      definitions: [
        ...componentTransactions({ store, peers, member, clock: systemClock }),
        moveImageTransaction({ store, peers, forgetOnNodes: async () => {} }),
      ],
      begin: (engine) =>
        engine.begin('component.remove', {
          params: { componentId: id, lost: isLost },
          target: { kind: 'component', id, name: type },
          createdBy: null,
        }),
      verifyDone: () => requireWorld(true),
      verifyNothingLeft: () => requireWorld(false),
      close: () => store.close(),
    };
  };
}

async function arrange(store: Store, storage: StorageInDirectories, isLost: boolean): Promise<void> {
  await storage.put(leaving, imageId);
  const at = new Date();
  await store.tx(async (tx) => {
    await saveNodes(tx, [{ seen: { id: nodeId, name: 'node', address: 'memory' }, facts: testFacts }]);
    const image = { id: imageId, name: 'debian', description: '', kind: 'disk', state: 'uploading' } as const;
    await insertImage(tx, { ...image, storageServerId: leaving, sizeBytes: 4, expectedSha256: undefined }, null, at);
    const { format, sha256 } = checked;
    await tx.updateTable('image').set({ state: 'ready', format, virtual_size_bytes: 4, sha256 }).execute();
    const types = { [nodeId]: 'node-client', [leaving]: 'storage-server', [staying]: 'storage-server' } as const;
    for (const [id, type] of Object.entries(types) as [ComponentId, ComponentType][])
      await tx.insertInto('component').values({ id, type, public_key_sha256: id, joined_at: at }).execute();
  });
  if (isLost) await leaveInstance(store);
}

/** On the node, which is not heard of any more. */
async function leaveInstance(store: Store): Promise<void> {
  const { id: computePoolId } = await store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  const [id, operation] = [newId<InstanceId>(), newId<OperationId>()];
  const config: InstanceConfig = {
    ...{ id, name: 'web', cores: 1, memoryBytes: MiB, disks: [], nics: [], iso: null },
  };
  const seen = { instanceId: id, generation: 1, sequence: 1, state: 'running', stopReason: null } as const;
  const report = { ...seen, stopDetail: null, pid: 1, address: null };
  await store.tx(async (tx) => {
    const placements = new Placements(() => null);
    await reserveInstance(tx, { computePoolId, config, wanted: 'running', placements, actor: null }, operation);
    await settleInstances(tx, [{ instanceId: id, report, operation, undone: false }]);
  });
  await noteHearings(store, newId<ComponentId>(), [{ nodeId, heard: 'offline' }]);
  await showInstances(store, [nodeId], 'offline');
}
