import { nodeContract } from '@zhiyun/testkit';
import { TestNode } from './test-node.ts';

nodeContract('of the tests', async (domain) => {
  const node = new TestNode(domain, 'node-1');
  await node.start();
  return async () => node.member[Symbol.asyncDispose]();
});
