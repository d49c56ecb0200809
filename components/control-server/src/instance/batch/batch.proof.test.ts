import { createProofEnvironment } from '@zhiyun/testkit';
import { transactionProofs } from '@zhiyun/transaction/testing';
import { describe, test } from 'vitest';

const module = new URL('./proof-harness.ts', import.meta.url).href;

/** Start and stop are the same batch of orders as delete. */
const factories = { 'instance.create-batch': 'create', 'instance.delete-batch': 'remove' } as const;

for (const kind of Object.keys(factories) as (keyof typeof factories)[])
  describe(kind, () => {
    const subject = { kind, module, factory: factories[kind], createEnvironment: createProofEnvironment };
    for (const { name, prove } of transactionProofs) test(name, () => prove(subject), 400_000);
  });
