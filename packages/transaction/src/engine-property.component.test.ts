/**
 * Whatever fails and whenever a runner dies: every operation comes to its end (or is stuck, if its undo never works), what
 * it did is all there or all gone, and no two operations are ever at work on one target.
 */
import type { Operation, Target } from '@zhiyun/contracts';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { createTestStore } from '@zhiyun/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTransactionEngine, type Engine } from './engine.ts';
import type { TransactionDefinition } from './types.ts';

const actionCount = 3;
const always = 1_000;
const targetNames = ['a', 'b'];

const planOf = fc.record({
  target: fc.constantFrom(...targetNames),
  /** The action that fails, if any. */
  failAt: fc.option(fc.nat(actionCount - 1), { nil: undefined }),
  /** How often the undo of action 0 fails: seldom enough for its tries, or always. */
  undoFailures: fc.constantFrom(0, 0, 1, always),
});
type Plan = z.infer<typeof planSchema>;
const planSchema = z.object({ target: z.string(), failAt: z.int().optional(), undoFailures: z.int() });

/** What the operations have done to the world, and who is at work in it. */
class World {
  readonly effects = new Map<string, Set<number>>();
  readonly #atWork = new Map<string, string>();
  readonly #undoFailures = new Map<string, number>();
  readonly collisions: string[] = [];

  async work(operationId: string, plan: Plan, deed: (effects: Set<number>) => void): Promise<void> {
    const other = this.#atWork.get(plan.target);
    if (other !== undefined) this.collisions.push(`${operationId} and ${other} on ${plan.target}`);
    this.#atWork.set(plan.target, operationId);
    await new Promise(setImmediate);
    this.#atWork.delete(plan.target);
    const effects = this.effects.get(operationId) ?? new Set();
    this.effects.set(operationId, effects);
    deed(effects);
  }
  undoFailsAgain(operationId: string, plan: Plan): boolean {
    const failures = this.#undoFailures.get(operationId) ?? 0;
    this.#undoFailures.set(operationId, failures + 1);
    return failures < plan.undoFailures;
  }
}

/** One life of a runner: once it is dead, nothing of it goes on. */
class Life {
  readonly engine: Engine;
  readonly #died = Promise.withResolvers<void>();
  #writesLeft: number;
  #dead = false;

  constructor(store: Store, world: World, runner: string, diesAfterWrites: number) {
    this.#writesLeft = diesAfterWrites;
    this.engine = createTransactionEngine({
      store,
      definitions: [this.#definition(world)],
      runner: { id: runner, scanMs: 10 },
      log: silentLogger,
      undoAttempts: 2,
      hooks: {
        beforeWrite: () => this.#live(),
        afterWrite: () => {
          if (--this.#writesLeft === 0) this.#die();
          return this.#live();
        },
      },
    });
  }
  get died(): Promise<void> {
    return this.#died.promise;
  }
  #die(): void {
    this.#dead = true;
    this.#died.resolve();
  }
  #live(): Promise<void> {
    return this.#dead ? new Promise(() => {}) : Promise.resolve();
  }
  #definition(world: World): TransactionDefinition<Plan> {
    return {
      kind: 'instance.stop',
      params: planSchema,
      actions: Array.from({ length: actionCount }, (_, index) => ({
        name: `action-${index}`,
        run: async ({ operationId, params }) => {
          await this.#live();
          await world.work(operationId, params, (effects) => effects.add(index));
          if (params.failAt === index) throw new PlatformError('node-fault', 'as planned');
          await this.#live();
          return {};
        },
        undo: async ({ operationId, params }) => {
          await this.#live();
          if (index === 0 && world.undoFailsAgain(operationId, params)) throw new PlatformError('node-fault', 'jammed');
          await world.work(operationId, params, (effects) => effects.delete(index));
          await this.#live();
        },
      })),
    };
  }
}

async function isThere({ db }: Store, id: string): Promise<boolean> {
  const found = db
    .selectFrom('operation')
    .select('id')
    .where('id', '=', id as Operation['id']);
  return (await found.executeTakeFirst()) !== undefined;
}

function requireBusy(error: unknown): void {
  if (!(error instanceof PlatformError) || error.code !== 'target-busy') throw error;
}

async function requireConsistent(engine: Engine, world: World, plans: Map<string, Plan>): Promise<void> {
  expect(world.collisions).toEqual([]);
  for (const [id, plan] of plans) {
    const operation = await engine.waitFor(id as Operation['id'], 10_000);
    const effects = [...(world.effects.get(id) ?? [])].sort();
    const expected = plan.failAt === undefined ? 'succeeded' : plan.undoFailures < always ? 'failed' : 'stuck';
    expect({ state: operation.state, effects }).toEqual({
      state: expected,
      effects: expected === 'succeeded' ? [0, 1, 2] : expected === 'failed' ? [] : [0],
    });
  }
}

test('random failures and crashes', async () => {
  await using database = await createTestStore();
  const { store } = database;
  let round = 0;
  const scenario = fc.record({
    plans: fc.array(planOf, { minLength: 1, maxLength: 6 }),
    /** Writes after which each life of the one runner ends; the last life is long. */
    lives: fc.array(fc.integer({ min: 2, max: 9 }), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ plans, lives }) => {
      round++;
      const world = new World();
      const begun = new Map<string, Plan>();
      const unanswered = new Set<string>();
      let life = new Life(store, world, `runner-${round}`, lives[0] ?? Number.POSITIVE_INFINITY);
      await life.engine.start();
      for (const plan of plans) {
        const target: Target = { kind: 'instance', id: `${round}-${plan.target}`, name: plan.target };
        let id = '';
        const within = async (_tx: Tx, given: string) => {
          id = given;
          begun.set(id, plan);
        };
        const begin = life.engine.begin('instance.stop', { params: plan, target, createdBy: null, within });
        // Its target may be found busy after `within`: then nothing was committed.
        const refused = (error: unknown) => {
          requireBusy(error);
          begun.delete(id);
        };
        const answered = begin.then(() => true, refused);
        if ((await Promise.race([answered, life.died])) === undefined && begun.has(id)) unanswered.add(id);
      }
      // The runner died while the commit was under way: nobody was promised anything.
      for (const id of unanswered) if (!(await isThere(store, id))) begun.delete(id);
      for (const diesAfterWrites of [...lives.slice(1), Number.POSITIVE_INFINITY]) {
        const settled = [...begun.keys()].map((id) => life.engine.waitFor(id as Operation['id'], 10_000));
        await Promise.race([life.died, ...settled]);
        void life.engine.stop(0);
        life = new Life(store, world, `runner-${round}`, diesAfterWrites);
        await life.engine.start();
      }
      await requireConsistent(life.engine, world, begun);
      await life.engine.stop(0);
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 120_000);
