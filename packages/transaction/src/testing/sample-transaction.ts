/**
 * The engine's own test piece: a parcel is a row, and a directory with some files. Small, but with everything a real one
 * has: records, effects, memory, progress, a cancellable action.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageId, Operation, Target } from '@zhiyun/contracts';
import { newId, silentLogger } from '@zhiyun/kernel';
import { openStore, type Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Engine } from '../engine.ts';
import type { EffectAction, TransactionDefinition } from '../types.ts';
import type { ProofEnvironment, TransactionHarness } from './subject.ts';

const parcelParams = z.object({ name: z.string(), files: z.int() });
type ParcelParams = z.infer<typeof parcelParams>;
interface ParcelMemory {
  path: string;
  written: number;
}

export function parcelTransaction(directory: string): TransactionDefinition<ParcelParams, ParcelMemory> {
  return {
    kind: 'image.import',
    params: parcelParams,
    actions: [
      {
        name: 'reserve-name',
        write: async (tx, { params }) => {
          await sql`insert into parcel (name, state) values (${params.name}, 'packing')`.execute(tx);
          return undefined;
        },
        unwrite: async (tx, { params }) => {
          await sql`delete from parcel where name = ${params.name}`.execute(tx);
        },
      },
      {
        name: 'make-directory',
        run: async ({ params }) => {
          const path = join(directory, params.name);
          await mkdir(path, { recursive: true });
          return { path };
        },
        // By its name, not by memory: it may be undone without its own record of having run.
        undo: ({ params }) => rm(join(directory, params.name), { recursive: true, force: true }),
      },
      {
        name: 'write-files',
        cancellable: true,
        run: async ({ params, memory, progress, signal }) => {
          const path = memory.path ?? '';
          for (let index = 0; index < params.files; index++) {
            signal.throwIfAborted();
            await writeFile(join(path, String(index)), params.name);
            progress((index + 1) / params.files);
          }
          return { written: params.files };
        },
        noUndo: 'the files go with their directory',
      },
      {
        name: 'seal',
        pointOfNoReturn: true,
        write: async (tx, { params }) => {
          await sql`update parcel set state = 'sealed' where name = ${params.name}`.execute(tx);
          return undefined;
        },
        noUndo: 'goes with the row',
      },
      {
        name: 'attach-label',
        run: async ({ memory }) => {
          await writeFile(join(memory.path ?? '', 'label'), String(memory.written));
          return undefined;
        },
        noUndo: 'the label goes with the directory',
      },
    ],
  };
}

export function parcelTarget(name: string): Target {
  return { kind: 'image', id: newId<ImageId>(), name };
}

export async function prepareParcels(store: Store): Promise<void> {
  await sql`create table if not exists parcel (name text primary key, state text not null)`.execute(store.db);
}

/** What is there: `row` the state of the row, `files` the names in the directory; both undefined when there is nothing. */
export async function findParcel(store: Store, directory: string, name: string) {
  const { rows } = await sql<{ state: string }>`select state from parcel where name = ${name}`.execute(store.db);
  const files = await readdir(join(directory, name)).catch(() => undefined);
  return { row: rows[0]?.state, files: files?.toSorted() };
}

export function buildParcelHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, parcelTransaction(environment.directory));
}

/** Broken on purpose: the directory stays when it should go. */
export function buildLeakyHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  return buildHarness(environment, withDirectoryAction(environment, { undo: async () => {} }));
}

/** Broken on purpose: the directory may not be there yet. */
export function buildOnceOnlyHarness(environment: ProofEnvironment): Promise<TransactionHarness> {
  const run: DirectoryAction['run'] = async ({ params }) => {
    const path = join(environment.directory, params.name);
    await mkdir(path);
    return { path };
  };
  return buildHarness(environment, withDirectoryAction(environment, { run }));
}

type ParcelTransaction = ReturnType<typeof parcelTransaction>;
type DirectoryAction = EffectAction<ParcelParams, ParcelMemory>;

function withDirectoryAction(
  { directory }: ProofEnvironment,
  change: Partial<Pick<DirectoryAction, 'run' | 'undo'>>,
): ParcelTransaction {
  const parcel = parcelTransaction(directory);
  const actions = parcel.actions.map((action) =>
    action.name === 'make-directory' ? ({ ...action, ...change } as DirectoryAction) : action,
  );
  return { ...parcel, actions };
}

async function buildHarness(
  { databaseUrl, directory }: ProofEnvironment,
  definition: ParcelTransaction,
): Promise<TransactionHarness> {
  const store = await openStore({ url: databaseUrl, log: silentLogger });
  await prepareParcels(store);
  const name = 'gift';
  const found = () => findParcel(store, directory, name);
  return {
    store,
    definitions: [definition],
    begin: (engine: Engine): Promise<Operation> =>
      engine.begin('image.import', { params: { name, files: 2 }, target: parcelTarget(name), createdBy: null }),
    verifyDone: async () => requireEqual(await found(), { row: 'sealed', files: ['0', '1', 'label'] }),
    verifyNothingLeft: async () => requireEqual(await found(), { row: undefined, files: undefined }),
    close: () => store.close(),
  };
}

function requireEqual(found: object, expected: object): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`found ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}
