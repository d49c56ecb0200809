import { instanceIdSchema } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { describe, expect, test } from 'vitest';
import { type ContractNode, hypervisorContract } from '../contract.ts';
import type { MachineSpec } from '../hypervisor.ts';
import { SimulatedHost } from './simulated-host.ts';
import { createSimulatedHypervisor } from './simulated-hypervisor.ts';

function specOf(name: string): MachineSpec {
  return {
    instanceId: instanceIdSchema.parse(newId()),
    name,
    cores: 2,
    memoryBytes: 1024 ** 3,
    nics: [],
    disks: [],
    isoPath: null,
    directory: '/simulated',
    epoch: 0,
  };
}
const fast = { pace: { launchMs: 1, shutdownMs: 1 } };

hypervisorContract('simulated', async (): Promise<ContractNode> => {
  const host = new SimulatedHost(fast);
  return {
    hypervisor: async () => createSimulatedHypervisor({ host }),
    spec: async (kind) => specOf(kind === 'good' ? 'web' : 'web-fail-launch'),
    killProcess: ({ pid }) => host.findByPid(pid)?.crash(),
    shutDownGuest: async (spec, handle) => host.find(spec.instanceId, handle)?.shutDown(),
    remains: async ({ instanceId }) => (host.has(instanceId) ? ['a process'] : []),
    [Symbol.asyncDispose]: async () => {},
  };
});

describe('faults asked for by name', () => {
  test('a guest that ignores its power button goes on', async () => {
    const machine = await createSimulatedHypervisor({ host: new SimulatedHost(fast) }).launch(
      specOf('a-ignore-shutdown'),
    );
    await machine.powerDown();
    await machine.counters();
    await machine.kill();
    expect(await machine.ended).toEqual({ reason: 'killed', detail: null });
  });

  test('a machine that dies after a while', async () => {
    const machine = await createSimulatedHypervisor({ host: new SimulatedHost(fast) }).launch(specOf('a-die-after-0s'));
    expect((await machine.ended).reason).toBe('crashed');
  });
});

test('a node that restarts loses its machines', async () => {
  const host = new SimulatedHost(fast);
  const hypervisor = createSimulatedHypervisor({ host });
  const spec = specOf('web');
  const machine = await hypervisor.launch(spec);
  host.restart();
  expect((await machine.ended).reason).toBe('node-restarted');
  expect(await hypervisor.adopt(spec, machine.handle)).toMatchObject({ ended: { reason: 'node-restarted' } });
});

test('a hundred thousand machines fit in one process', async () => {
  const host = new SimulatedHost(fast);
  await using hypervisor = createSimulatedHypervisor({ host });
  const before = process.memoryUsage().heapUsed;
  const machines = await Promise.all(
    Array.from({ length: 100_000 }, (_, index) => hypervisor.launch(specOf(`m-${index}`))),
  );
  expect(host.size).toBe(100_000);
  const bytesEach = (process.memoryUsage().heapUsed - before) / machines.length;
  expect(bytesEach).toBeLessThan(8 * 1024);
  await Promise.all(machines.map((machine) => machine.kill()));
  expect(host.size).toBe(0);
}, 30_000);
