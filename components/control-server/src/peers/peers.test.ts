import type { NodeId } from '@zhiyun/contracts';
import { newId, PlatformError, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain } from '@zhiyun/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestNode } from '../node/test-node.ts';
import { createPeers, type NodeClient } from './peers.ts';

function world() {
  const domain = createMemoryDomain();
  const member = domain.join({ type: 'control-server', name: 'control' });
  const node = new TestNode(domain, 'node-1');
  return { domain, member, node, peers: createPeers({ member, clock: systemClock }) };
}
const screenshot = (node: NodeClient) => node.screenshot({ instanceId: newId() });

describe('asking a node', () => {
  let { domain, member, node, peers } = world();
  beforeEach(async () => {
    ({ domain, member, node, peers } = world());
    await member.start();
    await node.start();
  });
  afterEach(async () => {
    await node.member[Symbol.asyncDispose]();
    await member[Symbol.asyncDispose]();
  });

  it('gives its answer, and its own errors as they are', async () => {
    expect(await peers.askNode(node.id, screenshot)).toHaveProperty('pngBase64');
    const order = { instanceId: newId<never>(), generation: 1 };
    await expect(peers.askNode(node.id, (client) => client.killInstance(order))).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('names a node that is away', async () => {
    await node.kill();
    await expect(peers.askNode(node.id, screenshot)).rejects.toMatchObject({
      code: 'node-unreachable',
      message: expect.stringContaining('«node-1»'),
    });
    await expect(peers.askNode(newId<NodeId>(), screenshot)).rejects.toMatchObject({ code: 'node-unreachable' });
  });

  it('waits for one that is away for a moment, and asks again what the break has cut off', async () => {
    let asked = 0;
    const answer = peers.askNode(
      node.id,
      async (client) => {
        if (++asked === 1) {
          domain.cut(member, node.member);
          queueMicrotask(() => domain.heal(member, node.member));
        }
        return screenshot(client);
      },
      { patienceMs: 5_000 },
    );
    expect(await answer).toHaveProperty('pngBase64');
    expect(asked).toBe(2);
  });

  it('stops waiting when it is told to', async () => {
    await node.kill();
    const stop = new AbortController();
    const answer = peers.askNode(node.id, screenshot, { patienceMs: 60_000, signal: stop.signal });
    stop.abort(new PlatformError('cancelled', 'enough'));
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  });
});
