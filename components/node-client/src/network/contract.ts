/** What every network mode must do. A mode that needs the kernel may be asked in another process: every answer is awaited. */
import type { InstanceId } from '@zhiyun/contracts';
import type { NicConfig } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkMode, Port } from './network-mode.ts';

type Methods = Omit<NetworkMode, 'name'>;
export type AskedMode = Pick<NetworkMode, 'name'> & {
  [K in keyof Methods]: (
    ...parameters: Parameters<Methods[K]>
  ) => ReturnType<Methods[K]> | Promise<Awaited<ReturnType<Methods[K]>>>;
};

export interface ModeSubject extends AsyncDisposable {
  mode: AskedMode;
  /** Taps of this node that are there now. */
  taps(): Promise<string[]>;
  /** Ends the agent without a word and starts it again; what is in the kernel stays. Answers the mode of the new one. */
  restart(): Promise<AskedMode>;
}

export function networkModeContract(name: string, start: () => Promise<ModeSubject>): void {
  describe(`network mode: ${name}`, () => {
    let subject: ModeSubject;
    let mode: AskedMode;
    beforeEach(async () => {
      subject = await start();
      mode = subject.mode;
    });
    afterEach(() => subject[Symbol.asyncDispose]());

    let serial = 0;
    const nicOf = (address: string | null = null): NicConfig => {
      const last = (++serial).toString(16).padStart(2, '0');
      return { mode: mode.name, macAddress: `02:00:00:00:01:${last}`, address };
    };
    async function placed(nic = nicOf()): Promise<{ nic: NicConfig; place: number; port: Port }> {
      const place = await mode.claim(newId<InstanceId>(), nic);
      return { nic, place, port: await mode.port(place, nic, undefined) };
    }

    test('no two NICs have the same place, tap or address', async () => {
      const ports = [];
      for (let count = 0; count < 5; count++) ports.push((await placed()).port);
      for (const of of ['place', 'tap', 'address'] as const)
        expect(new Set(ports.map((port) => port[of])).size).toBe(ports.length);
    });

    test('a port follows from its place alone', async () => {
      const { nic, place, port } = await placed();
      expect(await mode.port(place, { ...nic, address: null }, undefined)).toEqual(port);
      expect(port).toMatchObject({ place, macAddress: nic.macAddress });
      expect(port.tap.length).toBeLessThanOrEqual(15);
    });

    test('the address that is given is the one of the port, unless it is taken: then it is another', async () => {
      const { place, port } = await placed();
      await mode.release(place);
      const given = nicOf(port.address);
      expect((await placed(given)).port.address).toBe(port.address);
      expect((await placed(nicOf(port.address))).port.address).not.toBe(port.address);
      expect((await placed(nicOf('192.0.2.77'))).port.address).not.toBe('192.0.2.77');
    });

    test('a place that the ledger says is held, and what cannot be a place is not', async () => {
      const { port, place, nic } = await placed();
      await mode.release(place);
      await mode.release(place);
      expect(await mode.hold(place)).toBe(true);
      expect((await placed({ ...nic, address: port.address })).port.address).not.toBe(port.address);
      expect(await mode.hold(2 ** 31)).toBe(false);
    });

    test('is set up and torn down, each of it twice, and nothing is left', async () => {
      await mode.open([]);
      const { port } = await placed();
      const { port: other } = await placed();
      await mode.tearDown(port);
      expect(await mode.isUp(port)).toBe(false);
      for (const _time of [1, 2]) {
        await mode.setUp(port);
        expect(await mode.isUp(port)).toBe(true);
        expect(await mode.counters(port)).toEqual({
          receivedBytes: expect.any(Number),
          transmittedBytes: expect.any(Number),
        });
      }
      await mode.setUp(other);
      expect((await subject.taps()).sort()).toEqual([port.tap, other.tap].sort());
      for (const _time of [1, 2]) {
        await mode.tearDown(port);
        expect(await mode.isUp(port)).toBe(false);
      }
      expect(await subject.taps()).toEqual([other.tap]);
      await mode.tearDown(other);
      expect(await subject.taps()).toEqual([]);
    });

    test('a new agent keeps what is promised, makes what is missing, and clears away what is nobody’s', async () => {
      await mode.open([]);
      const [kept, missing, stray] = [await placed(), await placed(), await placed()];
      for (const { port } of [kept, stray]) await mode.setUp(port);
      mode = await subject.restart();
      for (const { place } of [kept, missing]) expect(await mode.hold(place)).toBe(true);
      expect(await mode.open([kept.port, missing.port])).toEqual({ strayTaps: [] });
      expect((await subject.taps()).sort()).toEqual([kept.port.tap, missing.port.tap].sort());
      for (const { port } of [kept, missing]) expect(await mode.isUp(port)).toBe(true);
      for (const { port } of [kept, missing]) await mode.tearDown(port);
    });
  });
}
