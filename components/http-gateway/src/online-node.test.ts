import type { ComponentId } from '@zhiyun/contracts';
import { newId, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain } from '@zhiyun/link';
import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { onlineNode } from './online-node.ts';

test('a node that is a moment late is waited for', async () => {
  const domain = createMemoryDomain();
  await using gateway = domain.join({ type: 'http-gateway', name: 'gateway' });
  await using node = domain.join({ type: 'node-client', name: 'node' });
  await gateway.start();
  const found = onlineNode(gateway, node.id, systemClock);
  await node.start();
  expect((await found).id).toBe(node.id);
});

test('one that does not come is said to be away', async () => {
  const clock = virtualClock();
  await using gateway = createMemoryDomain().join({ type: 'http-gateway', name: 'gateway' });
  await gateway.start();
  const refused = expect(onlineNode(gateway, newId<ComponentId>(), clock)).rejects.toMatchObject({
    code: 'node-unreachable',
  });
  await clock.advance(10_000);
  await refused;
});
