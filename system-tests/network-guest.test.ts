/** A real guest in its default network, from image to removal, with the agent killed in between. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentId, DiskId, ImageId, InstanceId } from '@zhiyun/contracts';
import { GiB, MiB } from '@zhiyun/contracts';
import { type InstanceConfig, type InstanceReport, localVolume, privateMode } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dhcpServers, labMissing, NetworkLab } from './network-lab.ts';
import type { LineProcess } from './network-line-process.ts';
import type { NetworkNodeSettings, NodeOrder } from './network-node.ts';
import { testGuest } from './src/guest.ts';

const missing = labMissing();

describe.skipIf(missing)(skippable('a guest on a real node', missing), () => {
  const nodeId = newId<ComponentId>();
  const id = newId<InstanceId>();
  let lab: NetworkLab;
  let node: LineProcess;
  let settings: NetworkNodeSettings;
  let config: InstanceConfig;
  let running: InstanceReport;

  const startNode = () => {
    node = lab.startScript(lab.host, 'network-node.ts', settings);
  };
  const order = async (what: NodeOrder) => (await node.ask(what)).result;
  const inventory = async () => (await node.ask({ kind: 'inventory' })).result as { instances: InstanceReport[] };

  beforeAll(async () => {
    const guest = await testGuest();
    lab = new NetworkLab();
    const image = {
      id: newId<ImageId>(),
      format: 'qcow2' as const,
      sizeBytes: guest.sizeBytes,
      virtualSizeBytes: 128 * MiB,
      sha256: guest.sha256,
    };
    const diskId = newId<DiskId>();
    const disks = [{ id: diskId, sizeBytes: 1 * GiB, image, volume: localVolume(diskId) }];
    const nics = [{ mode: privateMode, macAddress: '02:00:00:00:00:01', address: null }];
    config = { id, name: 'web-1', cores: 1, memoryBytes: 256 * MiB, nics, disks, iso: null };
    settings = { nodeId, home: join(lab.directory, 'home'), imagePath: guest.path };
    startNode();
  });
  afterAll(async () => {
    if (running?.pid && existsSync(`/proc/${running.pid}`)) process.kill(running.pid, 'SIGKILL');
    for (const pid of dhcpServers(lab.directory)) process.kill(pid, 'SIGKILL');
    await lab[Symbol.asyncDispose]();
  });

  test('it boots from its image, takes its address and answers its node', async () => {
    expect(await order({ kind: 'prepare', generation: 1, config })).toMatchObject({ state: 'prepared' });
    running = (await order({ kind: 'start', generation: 2, config })) as InstanceReport;
    expect(running).toMatchObject({ state: 'running', address: expect.stringMatching(/^100\./) });
    await waitFor(() => lab.get(lab.host, running.address ?? '') !== 'unreachable', {
      timeoutMs: 90_000,
      describe: 'the guest to answer',
    });
  });

  test('the agent is killed: the guest goes on, and the next agent has it again', async () => {
    await node.kill();
    expect(lab.get(lab.host, running.address ?? '')).not.toBe('unreachable');
    startNode();
    expect((await inventory()).instances).toMatchObject([{ instanceId: id, state: 'running', pid: running.pid }]);
    expect(lab.get(lab.host, running.address ?? '')).not.toBe('unreachable');
  });

  test('an agent that was killed between the launch and its record finds the guest all the same', async () => {
    await node.kill();
    const file = join(settings.home, 'node-client', 'ledger', `${id}.json`);
    const entry = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...entry, machine: null, orderDone: false }));
    startNode();
    expect(await order({ kind: 'start', generation: 2, config })).toMatchObject({ state: 'running', pid: running.pid });
  });

  test('it obeys its power button', async () => {
    expect(await order({ kind: 'stop', generation: 3, instanceId: id })).toMatchObject({
      state: 'stopped',
      stopReason: 'requested',
    });
  });

  test('nothing is left after removal', async () => {
    await order({ kind: 'remove', generation: 4, instanceId: id });
    expect((await inventory()).instances).toEqual([]);
    const left = (folder: string) => readdirSync(join(settings.home, 'node-client', folder));
    expect([left('instances'), left('ledger')]).toEqual([[], []]);
    expect(lab.in(lab.host, 'ls', ['/sys/class/net'])).not.toMatch(/^zy/m);
    await node.ask({ kind: 'leave' });
    expect(lab.in(lab.host, 'nft', ['list', 'ruleset']).trim()).toBe('');
    await waitFor(() => dhcpServers(lab.directory).length === 0, { describe: 'the DHCP server to end' });
  });
});
