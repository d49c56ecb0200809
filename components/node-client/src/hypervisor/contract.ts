/**
 * Contract test of every hypervisor. The guest prints on its serial port when it starts, echoes what is typed, and
 * obeys its power button.
 */
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hypervisor, Machine, MachineHandle, MachineSpec } from './hypervisor.ts';

/** A node on which hypervisors come and go. */
export interface ContractNode extends AsyncDisposable {
  /** Creates the hypervisor as a freshly started agent does. */
  hypervisor(): Promise<Hypervisor>;
  /** A new instance with such a guest, or one that cannot start. */
  spec(kind: 'good' | 'broken'): Promise<MachineSpec>;
  /** Kills the machine's process from outside. */
  killProcess(handle: MachineHandle): void;
  /** Shuts the guest down while no agent is connected. Resolves when it is off. */
  shutDownGuest(spec: MachineSpec, handle: MachineHandle): Promise<void>;
  /** Leftovers of the machine on the node, in words. */
  remains(spec: MachineSpec): Promise<string[]>;
}

export function hypervisorContract(name: string, makeNode: () => Promise<ContractNode>): void {
  describe(`hypervisor contract: ${name}`, () => {
    let node: ContractNode;
    beforeAll(async () => {
      node = await makeNode();
    });
    afterAll(() => node[Symbol.asyncDispose]());

    /** Runs a test with a started machine and checks that nothing is left. */
    async function withMachine(story: (machine: Machine, spec: MachineSpec) => Promise<void>): Promise<void> {
      await using hypervisor = await node.hypervisor();
      const spec = await node.spec('good');
      const machine = await hypervisor.launch(spec);
      try {
        await story(machine, spec);
      } finally {
        await machine.kill();
      }
      expect(await node.remains(spec)).toEqual([]);
    }

    test('a machine starts, speaks and can be typed to by many', () =>
      withMachine(async (machine, spec) => {
        expect(machine.instanceId).toBe(spec.instanceId);
        expect(machine.handle.pid).toBeGreaterThan(0);
        const [one, other] = [machine.openSerial(), machine.openSerial()];
        await heard(one, /./);
        one.write('x');
        other.write('y');
        await Promise.all([heard(one, /x.*y|y.*x/s), heard(other, /x.*y|y.*x/s)]);
        one.destroy();
        await heard(machine.openSerial(), /./);
      }));

    test('a guest that listens to its power button ends as its own shutdown', () =>
      withMachine(async (machine) => {
        await heard(machine.openSerial(), /./);
        await machine.powerDown();
        expect((await machine.ended).reason).toBe('guest-shutdown');
      }));

    test('a reset starts the guest again', () =>
      withMachine(async (machine) => {
        const serial = machine.openSerial();
        await heard(serial, /./);
        serial.write('=');
        await heard(serial, /=/);
        await machine.reset();
        await heard(serial, /[^=]/);
      }));

    test('a killed machine is gone, and says so to whoever still asks', () =>
      withMachine(async (machine) => {
        const serial = machine.openSerial();
        await machine.kill();
        expect((await machine.ended).reason).toBe('killed');
        await heard(serial, /$/, 'end');
        const asks = [
          () => machine.powerDown(),
          () => machine.counters(),
          () => machine.screenshot(),
          () => machine.openDisplay(),
        ];
        for (const ask of asks) await expect(ask()).rejects.toMatchObject({ code: 'wrong-state' });
      }));

    test('a process killed from outside is a crash, with words', () =>
      withMachine(async (machine) => {
        node.killProcess(machine.handle);
        expect(await machine.ended).toEqual({ reason: 'crashed', detail: expect.stringMatching(/\w+/) });
      }));

    test('a machine that cannot start says why and leaves nothing', async () => {
      await using hypervisor = await node.hypervisor();
      const spec = await node.spec('broken');
      await expect(hypervisor.launch(spec)).rejects.toMatchObject({
        code: 'launch-failed',
        message: expect.stringMatching(/start: \w+/),
      });
      expect(await node.remains(spec)).toEqual([]);
    });

    test('screenshot, display and counters', () =>
      withMachine(async (machine) => {
        const pictures = await Promise.all([machine.screenshot(), machine.screenshot()]);
        for (const picture of pictures) expect(picture.subarray(1, 4).toString()).toBe('PNG');
        const display = await machine.openDisplay();
        await heard(display, /^RFB 003\.008\n/);
        display.destroy();
        const { cpuNanoseconds, memoryBytes } = await machine.counters();
        expect(cpuNanoseconds).toBeGreaterThan(0);
        expect(memoryBytes).toBeGreaterThan(0);
      }));

    test('a machine outlives its agent and is found again as the same', async () => {
      const spec = await node.spec('good');
      const handle = await launchAndLeave(spec);
      await using next = await node.hypervisor();
      const found = await next.adopt(spec, handle);
      if ('ended' in found) throw new Error(`It had ended: ${found.ended.reason}`);
      expect(found.machine.handle).toEqual(handle);
      const serial = found.machine.openSerial();
      serial.write('z');
      await heard(serial, /z/);
      node.killProcess(handle);
      expect((await found.machine.ended).reason).toBe('crashed');
      expect(await next.adopt(spec, handle)).toMatchObject({ ended: { reason: 'crashed' } });
      expect(await node.remains(spec)).toEqual([]);
    });

    test('what ended while the agent was away is told by the next', async () => {
      for (const reason of ['guest-shutdown', 'crashed'] as const) {
        const spec = await node.spec('good');
        const handle = await launchAndLeave(spec);
        if (reason === 'crashed') node.killProcess(handle);
        else await node.shutDownGuest(spec, handle);
        await using next = await node.hypervisor();
        expect(await next.adopt(spec, handle)).toMatchObject({ ended: { reason } });
        expect(await node.remains(spec)).toEqual([]);
      }
    });

    test('a machine of another boot of the node is no more, whatever has its pid now', () =>
      withMachine(async (machine, spec) => {
        await using next = await node.hypervisor();
        const handle = { ...machine.handle, bootId: '00000000-0000-4000-8000-000000000000' };
        const other = {
          ...spec,
          instanceId: (await node.spec('good')).instanceId,
          directory: `${spec.directory}-other`,
        };
        expect(await next.adopt(other, handle)).toMatchObject({ ended: { reason: 'node-restarted' } });
      }));

    async function launchAndLeave(spec: MachineSpec): Promise<MachineHandle> {
      await using hypervisor = await node.hypervisor();
      const machine = await hypervisor.launch(spec);
      await heard(machine.openSerial(), /./);
      return machine.handle;
    }
  });
}

/** Reads until the text so far fits, or (`end`) until the stream ends. */
export async function heard(stream: Duplex, pattern: RegExp, until: 'fits' | 'end' = 'fits'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = '';
  const onData = (bytes: Buffer) => {
    text += bytes.toString('latin1');
    if (until === 'fits' && pattern.test(text)) resolve();
  };
  const onEnd = () => {
    if (until === 'end' && pattern.test(text)) resolve();
    else reject(new Error(`The stream ended; ${pattern} does not fit ${JSON.stringify(text)}`));
  };
  stream.on('data', onData).once('end', onEnd).once('error', reject);
  try {
    await promise;
  } finally {
    stream.off('data', onData).off('end', onEnd).off('error', reject);
  }
}
