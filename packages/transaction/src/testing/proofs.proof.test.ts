import { createProofEnvironment } from '@zhiyun/testkit';
import { describe, expect, test } from 'vitest';
import { type ProofSubject, transactionProofs } from './index.ts';

function sample(factory: string): ProofSubject {
  const module = new URL('./sample-transaction.ts', import.meta.url).href;
  return { kind: 'image.import', module, factory, createEnvironment: createProofEnvironment };
}

function proofNamed(part: string) {
  const proof = transactionProofs.find(({ name }) => name.includes(part));
  if (!proof) throw new Error(`no proof is named ${part}`);
  return proof;
}

describe('the sample transaction', () => {
  for (const { name, prove } of transactionProofs) test(name, () => prove(sample('buildParcelHarness')), 180_000);
});

describe('the proofs notice', () => {
  test('an undo that does nothing', async () => {
    const proof = proofNamed('failure at any action').prove(sample('buildLeakyHarness'));
    await expect(proof).rejects.toThrow('failure after "make-directory": found {"files":[]}');
  });
  test('an action that may not run twice', async () => {
    const proof = proofNamed('every action may run twice').prove(sample('buildOnceOnlyHarness'));
    await expect(proof).rejects.toThrow('it failed');
  });
  test('an action that does not survive a crash', async () => {
    const proof = proofNamed('kill -9 around any write of').prove(sample('buildOnceOnlyHarness'));
    await expect(proof).rejects.toThrow('kill -9 before write 3 of the journal');
  }, 60_000);
});
