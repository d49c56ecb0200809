/** `zhiyun down --instances`: every running instance is asked to shut down; one that does not listen is powered off. */
import { type InstanceId, type Operation, operationEnded } from '@zhiyun/contracts';
import { type OrdersDeps, order, orders } from './instance-orders.ts';

const guestSeconds = 60;
const waitMs = 70_000;
/** Guests shut down side by side; their node's disks set the pace. */
const atOnce = 8;
const byThePlatform = { createdBy: null, idempotencyKey: undefined, requestHash: '' };

/** Tells each end in words. One that cannot be stopped is told too, and does not keep the others. */
export async function shutDownInstances(deps: OrdersDeps, progress: (line: string) => void): Promise<void> {
  const running = await deps.store.db
    .selectFrom('instance')
    .select(['id', 'name'])
    .where('state', '=', 'running')
    .orderBy('created_at', 'desc')
    .execute();
  const queue = running.values();
  const worker = async () => {
    for (const instance of queue) {
      try {
        progress(`${instance.name}: ${await shutDown(deps, instance.id)}`);
      } catch (error) {
        progress(`${instance.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function shutDown(deps: OrdersDeps, id: InstanceId): Promise<string> {
  const wait = ({ id: operation }: Operation) => deps.engine.waitFor(operation, waitMs);
  const stop = await wait(
    await order(deps, id, orders.stop, byThePlatform, async () => ({ timeoutSeconds: guestSeconds })),
  );
  if (stop.state === 'succeeded') return 'shut down';
  if (!operationEnded(stop.state)) return `its operation ${stop.id} is ${stop.state}`;
  const kill = await wait(await order(deps, id, orders.kill, byThePlatform));
  return kill.state === 'succeeded' ? 'did not shut down in time, powered off' : (kill.error?.detail ?? kill.state);
}
