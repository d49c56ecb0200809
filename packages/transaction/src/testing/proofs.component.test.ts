import { createProofEnvironment } from '@zhiyun/testkit';
import { describe, test } from 'vitest';
import { type ProofSubject, transactionProofs } from './index.ts';

const sample: ProofSubject = {
  kind: 'image.import',
  module: new URL('./sample-transaction.ts', import.meta.url).href,
  factory: 'buildParcelHarness',
  createEnvironment: createProofEnvironment,
};

describe('the sample transaction', () => {
  for (const { name, prove } of transactionProofs) test(name, () => prove(sample), 180_000);
});
