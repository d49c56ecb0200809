import type { OperationKind } from '@zhiyun/contracts';
import { createProofEnvironment } from '@zhiyun/testkit';
import { transactionProofs } from '@zhiyun/transaction/testing';
import { describe, test } from 'vitest';

const module = new URL('./proof-harness.ts', import.meta.url).href;
const subjects: readonly (readonly [OperationKind, string])[] = [
  ['image.import', 'buildImportHarness'],
  ['image.check', 'buildCheckHarness'],
  ['image.move', 'buildMoveHarness'],
  ['image.delete', 'buildDeleteHarness'],
];

describe.each(subjects)('%s', (kind, factory) => {
  for (const { name, prove } of transactionProofs) {
    test(name, () => prove({ kind, module, factory, createEnvironment: createProofEnvironment }), 180_000);
  }
});
