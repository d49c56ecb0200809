/** The world of the image transactions for their proofs: files in a directory stand for what a Storage Server keeps. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentId, ImageId, Operation } from '@zhiyun/contracts';
import { PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { openStore, type Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { ProofEnvironment, TransactionHarness } from '@zhiyun/transaction/testing';
import type { Peers, StorageClient } from '../../peers/peers.ts';
import { beginCheck, beginDeletion, beginImport } from '../image-operations.ts';
import { findImage, insertImage } from '../image-store.ts';
import { imageTransactions } from '../transactions/image-transactions.ts';

const imageId = '0197e6f0-0000-7000-8000-000000000001' as ImageId;
const storageServerId = '0197e6f0-0000-7000-8000-000000000002' as ComponentId;
const checked = { format: 'raw', sizeBytes: 4, virtualSizeBytes: 4, sha256: 'a'.repeat(64) } as const;

function storageIn(directory: string): Peers {
  async function* take(id: ImageId) {
    await writeFile(join(directory, id), 'data');
    yield { type: 'done', image: checked } as const;
  }
  const storage: Partial<StorageClient> = {
    checkUpload: ({ imageId: id }) => take(id as ImageId),
    importFile: ({ imageId: id }) => take(id as ImageId),
    async removeImage({ imageId: id }) {
      await rm(join(directory, id), { force: true });
      return {};
    },
  };
  return {
    askStorage: (_id, ask) => ask(storage as StorageClient),
    askNode: () => Promise.reject(new PlatformError('node-unreachable', 'There is no node here.')),
  };
}

interface Story {
  /** Before the operation is begun. */
  before?: (store: Store) => Promise<void>;
  begin: (engine: Engine, store: Store) => Promise<Operation>;
  /** State of the image, and whether its bytes are there: after success, after failure, when it never began. */
  done: string;
  undone: string | RegExp;
  untouched: string;
}

async function buildHarness(environment: ProofEnvironment, story: Story): Promise<TransactionHarness> {
  const { databaseUrl, directory } = environment;
  const store = await openStore({ url: databaseUrl, log: silentLogger });
  // Whoever takes over finds the world as it was left.
  const isNew = !(await store.db.selectFrom('event').select('seq').limit(1).executeTakeFirst());
  if (isNew) await story.before?.(store);

  async function found(): Promise<string> {
    const rows = await store.db.selectFrom('image').select('state').execute();
    const files = await readdir(directory);
    return [...rows.map(({ state }) => state), ...(files.length > 0 ? ['bytes'] : [])].join(' with ') || 'nothing';
  }
  async function require(expected: string | RegExp): Promise<void> {
    const seen = await found();
    if (typeof expected === 'string' ? seen !== expected : !expected.test(seen))
      throw new Error(`found ${seen} instead of ${expected}`);
  }
  return {
    store,
    definitions: imageTransactions({ store, peers: storageIn(directory), forgetOnNodes: async () => {} }),
    begin: (engine) => story.begin(engine, store),
    verifyDone: () => require(story.done),
    verifyNothingLeft: (operation) => require(operation ? story.undone : story.untouched),
    close: () => store.close(),
  };
}

/** An upload that is there, or an image made of it. */
async function addImage(store: Store, directory: string, state: 'uploading' | 'ready'): Promise<void> {
  await writeFile(join(directory, imageId), 'data');
  const row = { id: imageId, name: 'debian', description: '', kind: 'disk', state: 'uploading' } as const;
  const more = { storageServerId, sizeBytes: 4, expectedSha256: undefined };
  await store.tx((tx) => insertImage(tx, { ...row, ...more }, null, new Date()));
  if (state === 'uploading') return;
  const { format, sha256 } = checked;
  await store.db.updateTable('image').set({ state, format, virtual_size_bytes: 4, sha256 }).execute();
}

export function buildImportHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  const file = { name: 'debian', description: '', kind: 'disk', path: '/srv/debian.raw', storageServerId } as const;
  return buildHarness(environment, {
    begin: (engine) => beginImport(engine, systemClock, file, { createdBy: null }),
    done: 'ready with bytes',
    undone: 'nothing',
    untouched: 'nothing',
  });
}

/** A failed check is shown on the image, whose bytes stay with it until it is deleted. */
export function buildCheckHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, {
    before: (store) => addImage(store, environment.directory, 'uploading'),
    async begin(engine, store) {
      return beginCheck(engine, { ...(await findImage(store, imageId)), storage_server_id: storageServerId });
    },
    done: 'ready with bytes',
    undone: 'failed with bytes',
    untouched: 'uploading with bytes',
  });
}

/** A failed deletion cannot bring the bytes back: the image is shown as failed and can be deleted again. */
export function buildDeleteHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, {
    before: (store) => addImage(store, environment.directory, 'ready'),
    async begin(engine, store) {
      return beginDeletion(engine, await findImage(store, imageId), { createdBy: null });
    },
    done: 'nothing',
    undone: /^failed/,
    untouched: 'ready with bytes',
  });
}
