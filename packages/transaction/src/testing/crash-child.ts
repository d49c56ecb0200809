/** The process that crashes; reads its order from stdin. */
import { text } from 'node:stream/consumers';
import { silentLogger } from '@zhiyun/kernel';
import { createTransactionEngine } from '../engine.ts';
import type { JournalHooks } from '../journal.ts';
import { type CrashOrder, crashingRunner } from './crash.ts';
import { disturbed } from './proof-engine.ts';
import { loadFactory } from './subject.ts';
import { failureAt, undisturbed } from './variants.ts';

const order: CrashOrder = JSON.parse(await text(process.stdin));

function dyingHooks({ write, when }: CrashOrder['crash']): JournalHooks {
  let begun = 0;
  let written = 0;
  const die = () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise<void>(() => {});
  };
  return {
    beforeWrite: () => (++begun === write && when === 'before' ? die() : undefined),
    afterWrite: () => (++written === write && when === 'after' ? die() : undefined),
  };
}

const factory = await loadFactory(order);
const harness = await factory(order.environment);
const engine = createTransactionEngine({
  store: harness.store,
  definitions: disturbed(
    harness,
    order.kind,
    order.failAt === undefined ? undisturbed : failureAt(order.failAt, 'after'),
  ),
  runner: { id: crashingRunner },
  log: silentLogger,
  hooks: dyingHooks(order.crash),
});
await engine.start();
const { id } = await harness.begin(engine);
await engine.waitFor(id, 60_000);
await engine.stop();
await harness.close();
