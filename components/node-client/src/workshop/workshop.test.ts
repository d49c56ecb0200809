/** The workshop over real disks, a network of names, users and images: forwards, in reverse, each part twice, and failing at each. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageId, InstanceId } from '@zhiyun/contracts';
import { newId, PlatformError, silentLogger } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blankDisk, testConfig } from '../instance/test-world.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { networkModes } from '../network/network-modes.ts';
import { createPrivateMode } from '../network/private/private-mode.ts';
import { createSimulatedNetwork } from '../network/private/simulated-network.ts';
import { nodePaths } from '../paths.ts';
import { createInstanceDisks, type InstanceDisks } from '../volume/instance-disks.ts';
import { createLocalDriver } from '../volume/local/local-driver.ts';
import { volumeDrivers } from '../volume/volume-drivers.ts';
import { GuestUsers } from './guest-users.ts';
import { instanceParts } from './instance-parts.ts';
import type { Part } from './part.ts';
import { refuseLimits } from './refuse-limits.ts';
import { Workshop } from './workshop.ts';

const self = process.getuid?.() ?? 0;
const one = new AbortController().signal;
let home: string;
let taps: Set<string>;
let disks: InstanceDisks;
let parts: Part[];
let tearDownFails: boolean;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-workshop-'));
  const paths = nodePaths(home);
  await mkdir(paths.instances, { recursive: true });
  taps = new Set();
  tearDownFails = false;
  disks = createInstanceDisks(paths, volumeDrivers([createLocalDriver(paths)]));
  const network = createSimulatedNetwork('abcdef12', taps);
  const modes = [
    createPrivateMode({
      ...network,
      async tearDown(link) {
        if (tearDownFails) throw new PlatformError('node-fault', 'The tap is busy.');
        await network.tearDown(link);
      },
    }),
  ];
  parts = instanceParts({
    images: { ensure: async (_, { onProgress }) => onProgress?.(1), remove: async () => {}, list: async () => [] },
    // One user: what is not given back cannot be had again.
    users: new GuestUsers({ first: self, count: 1 }),
    user: { uid: self, gid: self },
    disks,
    modes,
    modeOf: networkModes(modes),
    log: silentLogger,
  });
});
afterEach(() => rm(home, { recursive: true }));

function entryOf(id = newId<InstanceId>()): LedgerEntry {
  const config = testConfig(id);
  const [nic] = config.nics;
  const second = { ...nic, macAddress: '02:00:00:00:00:02' } as (typeof config.nics)[number];
  const image = {
    id: newId<ImageId>(),
    format: 'raw' as const,
    sizeBytes: 1,
    virtualSizeBytes: 512,
    sha256: '0'.repeat(64),
  };
  return {
    ...{ instanceId: id, generation: 1, order: 'prepare', orderDone: true, places: [], wanted: 'stopped' },
    ...{ machine: null, epoch: 0, sequence: 1, stopReason: 'never-started', stopDetail: null },
    config: { ...config, disks: [blankDisk(), { ...blankDisk(), image }], nics: nic ? [nic, second] : [] },
  };
}

/** Answers the entry as far as it came. */
async function make(workshop: Workshop, entry: LedgerEntry, promised = false): Promise<LedgerEntry> {
  let present = entry;
  await workshop.ensure(entry, { promised, signal: one, onProgress: () => {} }, async (patch) => {
    present = { ...present, ...patch };
    return present;
  });
  return present;
}
const leftovers = async () => ({ taps: [...taps], directories: await readdir(join(home, 'node-client', 'instances')) });
const nothing = { taps: [], directories: [] };

test('parts are set up in their order and torn down in reverse', async () => {
  const seen: string[] = [];
  const noted = parts.map(
    (part): Part => ({
      ...part,
      async ensure(...all) {
        seen.push(part.name);
        return part.ensure(...all);
      },
      async remove(...all) {
        seen.push(`-${part.name}`);
        await part.remove(...all);
      },
    }),
  );
  const workshop = new Workshop(noted);
  const made = await make(workshop, entryOf());
  expect(made).toMatchObject({ uid: self, places: [expect.any(Number), expect.any(Number)] });
  expect(taps.size).toBe(2);
  await workshop.remove(made);
  expect(seen).toEqual(['images', 'user', 'places', 'disks+network', '-disks+network', '-places', '-user', '-images']);
  expect(await leftovers()).toEqual(nothing);
});

test('each part may be ensured twice, promised or not, and removed twice', async () => {
  const workshop = new Workshop(parts);
  const first = await make(workshop, entryOf());
  const again = await make(workshop, first);
  expect(again).toEqual(first);
  expect(taps.size).toBe(2);
  await disks.finish(first.instanceId);
  for (const _time of [1, 2]) expect(await make(workshop, first, true)).toEqual(first);
  // As after a reboot of the node.
  taps.clear();
  expect(await make(workshop, first, true)).toEqual(first);
  expect(taps.size).toBe(2);
  await disks.beginRemoval(first.instanceId);
  for (const _time of [1, 2]) await workshop.remove(first);
  expect(await leftovers()).toEqual(nothing);
});

describe('a failure', () => {
  test.each([
    [0, 'before'],
    [1, 'before'],
    [2, 'before'],
    [3, 'before'],
    [3, 'after'],
  ] as const)('at part %i, %s it has done its work, leaves nothing once it is removed', async (at, when) => {
    const failing = parts.map((part, index): Part => {
      if (index !== at) return part;
      return {
        ...part,
        async ensure(...all) {
          if (when === 'after') await part.ensure(...all);
          throw new PlatformError('disk-full', 'No room.');
        },
      };
    });
    const entry = entryOf();
    let present = entry;
    const work = { promised: false, signal: one, onProgress: () => {} };
    const trying = new Workshop(failing).ensure(entry, work, async (patch) => {
      present = { ...present, ...patch };
      return present;
    });
    await expect(trying).rejects.toMatchObject({ code: 'disk-full' });
    await new Workshop(failing).remove(present);
    expect(await leftovers()).toEqual(nothing);
    // There is one user only: had it not been given back, this would be refused.
    const made = await make(new Workshop(parts), entryOf());
    await new Workshop(parts).remove(made);
  });

  test('of a removal gives back no user and no place that is still in use; the next removal does', async () => {
    const workshop = new Workshop(parts);
    const made = await make(workshop, entryOf());
    tearDownFails = true;
    await expect(workshop.remove(made)).rejects.toMatchObject({ code: 'node-fault' });
    await expect(make(workshop, entryOf())).rejects.toMatchObject({ code: 'insufficient-capacity' });
    tearDownFails = false;
    await workshop.remove(made);
    await workshop.remove(await make(workshop, entryOf()));
    expect(await leftovers()).toEqual(nothing);
  });

  test('of a promised instance whose disk is gone makes no other disk', async () => {
    const workshop = new Workshop(parts);
    const made = await make(workshop, entryOf());
    await disks.finish(made.instanceId);
    await rm(join(home, 'node-client', 'instances', made.instanceId), { recursive: true });
    await expect(make(workshop, made, true)).rejects.toThrow();
    expect((await leftovers()).directories).toEqual([]);
  });
});

test('a new agent holds what is promised, gives up what is not, and sets aside what it does not know', async () => {
  const workshop = new Workshop(parts);
  const made = await make(workshop, entryOf());
  await disks.finish(made.instanceId);
  const unknown = newId<InstanceId>();
  await mkdir(join(home, 'node-client', 'instances', unknown));
  await mkdir(join(home, 'node-client', 'instances', `${newId()}.unfinished`));
  taps.add('zyabcdef12-stray');
  const { entries, changed, strays } = await workshop.adopt([made], () => false);
  expect(entries).toEqual([made]);
  expect(changed.size).toBe(0);
  expect([...strays.keys()]).toEqual([unknown]);
  const { directories } = await leftovers();
  expect(directories.sort()).toEqual([made.instanceId, unknown].sort());
  expect(taps.size).toBe(2);
});

test('a limit that nothing here keeps to is refused before anything is made', () => {
  const { config } = entryOf();
  expect(() => refuseLimits(config)).not.toThrow();
  const limited = { ...config, nics: config.nics.map((nic) => ({ ...nic, limits: { bytesPerSecond: 1 } })) };
  expect(() => refuseLimits(limited)).toThrow(/bytesPerSecond/);
});
