import { type FirstInstanceConfig, type InstanceConfig, upgradeInstanceConfig } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import type { Peer } from '@zhiyun/link';
import { expect, test } from 'vitest';
import { nodeClientOf } from './node-orders.ts';

const first: FirstInstanceConfig = {
  ...{ id: newId(), name: 'web', cores: 1, memoryBytes: 1, macAddress: '52:00:00:00:00:01', iso: null },
  disks: [{ id: newId(), sizeBytes: 1, image: null }],
};
const config = upgradeInstanceConfig(first);

/** Answers with the configuration that reaches it. */
function peerOf(protocol: number): Peer {
  const answer = async ({ config: said }: { config: unknown }) => said;
  return { name: 'node-1', protocol, as: () => ({ startInstance: answer, prepareInstance: answer }) } as never;
}
const said = (protocol: number, of: InstanceConfig) =>
  nodeClientOf(peerOf(protocol)).startInstance({ instanceId: of.id, generation: 1, config: of });

test('each node hears the configuration as it knows it', async () => {
  expect(await said(3, config)).toEqual(config);
  expect(await said(2, config)).toEqual(first);
});

test('what an older node would carry out differently is refused by name', () => {
  expect(() => said(1, { ...config, nics: [] })).toThrow(/node-1 is too old/);
});
