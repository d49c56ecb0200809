import type { Operation } from '@zhiyun/contracts';
import type { Engine } from '@zhiyun/transaction';
import { expect, test } from 'vitest';
import { operationHandlers } from './operation-handlers.ts';

const id = '0197e6f0-0000-7000-8000-00000000000a';

async function retry(role: string, operation: Partial<Operation>): Promise<unknown> {
  // Only from the state that was judged.
  const engine = {
    get: async () => ({ id, ...operation }),
    retry: async (_: string, from: string) => (from === operation.state ? 'retried' : 'from any state'),
  } as unknown as Engine;
  const request = { params: { id }, principal: { role } };
  return operationHandlers({ engine }).retryOperation(request as never);
}

test('what is run once more asks for the permission of its kind; to undo further does not', async () => {
  const removal = { kind: 'component.remove', state: 'failed' } as const;
  await expect(retry('operator', removal)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await retry('administrator', removal)).toBe('retried');
  expect(await retry('operator', { ...removal, state: 'stuck' })).toBe('retried');
  expect(await retry('operator', { kind: 'instance.create-batch', state: 'failed' })).toBe('retried');
  await expect(retry('administrator', { kind: 'nothing.known', state: 'failed' })).rejects.toMatchObject({
    code: 'forbidden',
  });
});
