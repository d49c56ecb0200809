import { createProofEnvironment } from '@zhiyun/testkit';
import { transactionProofs } from '@zhiyun/transaction/testing';
import { describe, test } from 'vitest';

const module = new URL('./proof-harness.ts', import.meta.url).href;

/** The other batches are the same parent with other children, which are proven by themselves. */
describe('instance.create-batch', () => {
  const subject = {
    kind: 'instance.create-batch',
    module,
    factory: 'create',
    createEnvironment: createProofEnvironment,
  } as const;
  for (const { name, prove } of transactionProofs) test(name, () => prove(subject), 400_000);
});
