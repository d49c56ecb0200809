import { createProofEnvironment } from '@zhiyun/testkit';
import { transactionProofs } from '@zhiyun/transaction/testing';
import { describe, test } from 'vitest';

const module = new URL('./proof-harness.ts', import.meta.url).href;

describe.each(['node', 'storage', 'lost'])('component.remove: %s', (factory) => {
  for (const { name, prove } of transactionProofs) {
    test(
      name,
      () => prove({ kind: 'component.remove', module, factory, createEnvironment: createProofEnvironment }),
      180_000,
    );
  }
});
