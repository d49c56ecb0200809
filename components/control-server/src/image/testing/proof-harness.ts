/** The world of the image transactions for their proofs: files in directories stand for what two Storage Servers keep. */
import type { ComponentId, ImageId, Operation } from '@zhiyun/contracts';
import { PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { openStore, type Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { ProofEnvironment, TransactionHarness } from '@zhiyun/transaction/testing';
import type { StorageClient, StoragePeer } from '../../peers/peers.ts';
import { beginCheck, beginDeletion, beginImport, beginMove } from '../image-operations.ts';
import { getImage, insertImage } from '../image-store.ts';
import { imageTransactions } from '../transactions/image-transactions.ts';
import { checked, StorageInDirectories } from './storage-in-directories.ts';

const imageId = '0197e6f0-0000-7000-8000-000000000001' as ImageId;
const first = '0197e6f0-0000-7000-8000-000000000002' as ComponentId;
const second = '0197e6f0-0000-7000-8000-000000000003' as ComponentId;

interface Story {
  /** Before the operation is begun. */
  before?: (store: Store, storage: StorageInDirectories) => Promise<void>;
  begin: (engine: Engine, store: Store) => Promise<Operation>;
  /** State of the image, who keeps it, and who has bytes: after success, after failure, when it never began. */
  done: string;
  undone: string | RegExp;
  untouched: string;
}

async function buildHarness(environment: ProofEnvironment, story: Story): Promise<TransactionHarness> {
  const { databaseUrl, directory } = environment;
  const store = await openStore({ url: databaseUrl, log: silentLogger });
  const storage = new StorageInDirectories(directory);
  // Whoever takes over finds the world as it was left.
  const isNew = !(await store.db.selectFrom('event').select('seq').limit(1).executeTakeFirst());
  if (isNew) await story.before?.(store, storage);
  const peers = {
    askStorage: <T>(id: ComponentId, ask: (client: StorageClient, peer: StoragePeer) => Promise<T>) =>
      ask(storage.client(id), storage.peer(id)),
    askNode: () => Promise.reject(new PlatformError('node-unreachable', 'There is no node here.')),
  };

  async function found(): Promise<string> {
    const rows = await store.db.selectFrom('image').select(['state', 'storage_server_id']).execute();
    const names = { [first]: 'first', [second]: 'second' };
    const rowsFound = rows.map(({ state, storage_server_id: id }) => `${state} at ${names[id ?? '']}`);
    const bytes = [first, second].map(async (id) => ((await storage.imagesOn(id)).length > 0 ? names[id] : []));
    const holders = (await Promise.all(bytes)).flat();
    return [...rowsFound, ...(holders.length > 0 ? [`bytes at ${holders}`] : [])].join(', ') || 'nothing';
  }
  async function require(expected: string | RegExp): Promise<void> {
    const seen = await found();
    if (typeof expected === 'string' ? seen !== expected : !expected.test(seen))
      throw new Error(`found ${seen} instead of ${expected}`);
  }
  return {
    store,
    definitions: imageTransactions({ store, peers, forgetOnNodes: async () => {} }),
    begin: (engine) => story.begin(engine, store),
    verifyDone: () => require(story.done),
    verifyNothingLeft: (operation) => require(operation ? story.undone : story.untouched),
    close: () => store.close(),
  };
}

/** An upload that is there, or an image made of it. */
function addImage(state: 'uploading' | 'ready') {
  return async (store: Store, storage: StorageInDirectories): Promise<void> => {
    await storage.put(first, imageId);
    const row = { id: imageId, name: 'debian', description: '', kind: 'disk', state: 'uploading' } as const;
    const more = { storageServerId: first, sizeBytes: 4, expectedSha256: undefined };
    await store.tx((tx) => insertImage(tx, { ...row, ...more }, null, new Date()));
    if (state === 'uploading') return;
    const { format, sha256 } = checked;
    await store.db.updateTable('image').set({ state, format, virtual_size_bytes: 4, sha256 }).execute();
  };
}

export function buildImportHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  const file = {
    name: 'debian',
    description: '',
    kind: 'disk',
    path: '/srv/debian.raw',
    storageServerId: first,
  } as const;
  return buildHarness(environment, {
    begin: (engine) => beginImport(engine, systemClock, file, { createdBy: null }),
    done: 'ready at first, bytes at first',
    undone: 'nothing',
    untouched: 'nothing',
  });
}

/** A failed check is shown on the image, whose bytes stay with it until it is deleted. */
export function buildCheckHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, {
    before: addImage('uploading'),
    async begin(engine, store) {
      return beginCheck(engine, { ...(await getImage(store, imageId)), storage_server_id: first });
    },
    done: 'ready at first, bytes at first',
    undone: 'failed at first, bytes at first',
    untouched: 'uploading at first, bytes at first',
  });
}

/** A failed move leaves the image where it was, and nothing elsewhere. */
export function buildMoveHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, {
    before: addImage('ready'),
    async begin(engine, store) {
      return beginMove(engine, await getImage(store, imageId), second, { createdBy: null });
    },
    done: 'ready at second, bytes at second',
    undone: 'ready at first, bytes at first',
    untouched: 'ready at first, bytes at first',
  });
}

/** A failed deletion cannot bring the bytes back: the image is shown as failed and can be deleted again. */
export function buildDeleteHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, {
    before: addImage('ready'),
    async begin(engine, store) {
      return beginDeletion(engine, await getImage(store, imageId), { createdBy: null });
    },
    done: 'nothing',
    undone: /^failed/,
    untouched: 'ready at first, bytes at first',
  });
}
