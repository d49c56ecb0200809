/**
 * Writers that never rest: numbered rows into a table that would show a doubled one, and numbered operations through the
 * transaction engine. What the database has acknowledged is kept here, outside of it.
 */
import type { ImageId, Operation } from '@zhiyun/contracts';
import { newId, PlatformError } from '@zhiyun/kernel';
import { CommitUnknown, type Store } from '@zhiyun/store';
import type { Engine, TransactionDefinition } from '@zhiyun/transaction';
import { sql } from 'kysely';
import { z } from 'zod';

/** No key on purpose: a change made twice is to be seen. */
export async function prepareNumbers(store: Store): Promise<void> {
  await sql`create table number (writer text not null, n integer not null)`.execute(store.db);
}

const paramsSchema = z.object({ n: z.int() });

/** A record, an effect, a record. */
export const numberTransaction: TransactionDefinition<z.infer<typeof paramsSchema>> = {
  kind: 'image.import',
  params: paramsSchema,
  actions: [
    {
      name: 'open',
      write: async (tx, { params }) => {
        await sql`insert into number values ('opened', ${params.n})`.execute(tx);
        return undefined;
      },
      noUndo: 'the test never undoes',
    },
    { name: 'work', run: async () => undefined, noUndo: 'nothing was done' },
    {
      name: 'close',
      write: async (tx, { params }) => {
        await sql`insert into number values ('closed', ${params.n})`.execute(tx);
        return undefined;
      },
      noUndo: 'the test never undoes',
    },
  ],
};

export interface Written {
  acknowledged: Set<number>;
  /** The answer to the commit was lost. */
  unknown: Set<number>;
  refused: Set<number>;
  /** `performance.now()` of each acknowledgement. */
  times: number[];
}

export async function writeNumbers(store: Store, writers: number, signal: AbortSignal): Promise<Written> {
  const written: Written = { acknowledged: new Set(), unknown: new Set(), refused: new Set(), times: [] };
  let next = 0;
  const write = async () => {
    while (!signal.aborted) {
      const n = next++;
      try {
        await store.tx((tx) => sql`insert into number values ('direct', ${n})`.execute(tx));
        written.acknowledged.add(n);
        written.times.push(performance.now());
      } catch (error) {
        requireUnavailable(error);
        (error instanceof CommitUnknown ? written.unknown : written.refused).add(n);
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return written;
}

/** As a gateway does it: an order whose fate is not known is given again under the same key. */
export async function runOperations(engine: Engine, writers: number, signal: AbortSignal): Promise<Operation['id'][]> {
  const begun: Operation['id'][] = [];
  let next = 0;
  const order = async () => {
    while (!signal.aborted) {
      const n = next++;
      const target = { kind: 'image' as const, id: newId<ImageId>(), name: `image-${n}` };
      const request = { params: { n }, target, createdBy: null, idempotencyKey: String(n), requestHash: String(n) };
      const { id } = await insistently(() => engine.begin('image.import', request));
      begun.push(id);
      await insistently(() => engine.waitFor(id, 60_000));
    }
  };
  await Promise.all(Array.from({ length: writers }, order));
  return begun;
}

async function insistently<T>(task: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      requireUnavailable(error);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function requireUnavailable(error: unknown): void {
  const expected = error instanceof PlatformError && ['database-unavailable', 'unavailable'].includes(error.code);
  if (!expected) throw error;
}
