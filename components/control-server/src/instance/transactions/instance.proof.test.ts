import { createProofEnvironment } from '@zhiyun/testkit';
import { transactionProofs } from '@zhiyun/transaction/testing';
import { describe, test } from 'vitest';
import { provenKinds } from './proof-harness.ts';

const module = new URL('./proof-harness.ts', import.meta.url).href;

/** The other orders are the same transaction with another word to the node: killing processes for them proves nothing new. */
const crashed = new Set<string>(['instance.create', 'instance.start', 'instance.delete']);

for (const kind of provenKinds) {
  const factory = kind.slice('instance.'.length);
  const subject = { kind, module, factory, createEnvironment: createProofEnvironment };
  const proofs = transactionProofs.filter(({ name }) => crashed.has(kind) || !name.startsWith('kill -9'));
  describe(kind, () => {
    for (const { name, prove } of proofs) test(name, () => prove(subject), 180_000);
  });
}
