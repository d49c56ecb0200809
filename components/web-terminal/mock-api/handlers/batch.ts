/** Many instances by one request: a parent whose state is counted from its children. */
import { type Operation, type OperationKind, operationEnded } from '@zhiyun/contracts';
import type { MockRequest } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { startOperation } from '../operations.ts';

type Context = Pick<MockRequest, 'world' | 'user' | 'pace'>;

export async function batch(
  context: Context,
  kind: OperationKind,
  names: readonly string[],
  begin: (name: string) => unknown,
) {
  const { world } = context;
  const begun: string[] = [];
  const refused: string[] = [];
  const counted = () => {
    const children = world.db.operations.filter(({ id }) => begun.includes(id));
    const count = (test: (operation: Operation) => boolean) => children.filter(test).length;
    return {
      total: names.length,
      waiting: 0,
      running: count(({ state }) => !operationEnded(state) && state !== 'stuck'),
      succeeded: count(({ state }) => state === 'succeeded'),
      failed: refused.length + count(({ state }) => state === 'failed'),
      cancelled: count(({ state }) => state === 'cancelled'),
      stuck: count(({ state }) => state === 'stuck'),
    };
  };
  const parent = startOperation({
    ...context,
    kind,
    target: { kind: 'system', id: 'instances', name: names.join(', ') },
    steps: [{ name: 'each-instance', paces: 8 }],
  });
  for (const name of names) {
    try {
      const { id } = (await begin(name)) as Operation;
      begun.push(id);
      const child = world.db.operations.find((operation) => operation.id === id);
      if (child) child.parent = parent.id;
    } catch (error) {
      if (!(error instanceof MockError)) throw error;
      refused.push(name);
    }
  }
  const kept = world.db.operations.find(({ id }) => id === parent.id);
  if (kept) Object.defineProperty(kept, 'children', { get: counted, enumerable: true });
  return kept ?? parent;
}
