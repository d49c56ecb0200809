import { expect, test } from 'vitest';
import {
  downgradeInstanceConfig,
  heardInstanceConfigSchema,
  type InstanceConfig,
  instanceConfigSchema,
  localVolume,
} from './instance-config.ts';

/** As the first release said it. */
const first = {
  id: '01a22108-c9b0-7207-b183-3700d46faff2',
  name: 'old-running',
  cores: 1,
  memoryBytes: 134_217_728,
  macAddress: '52:00:d4:6f:af:f2',
  disks: [{ id: '01a22108-c9b0-7207-b183-380a8a603afd', sizeBytes: 85_983_232, image: null }],
  iso: null,
};
const present = heardInstanceConfigSchema.parse(first);

test('what an older Control Server says is heard in the plural, and said to an older node as it was', () => {
  expect(present).toMatchObject({
    nics: [{ mode: 'private', macAddress: first.macAddress, address: null }],
    disks: [{ volume: { driver: 'local', locator: first.disks[0]?.id } }],
  });
  expect(instanceConfigSchema.parse(present)).toEqual(present);
  expect(downgradeInstanceConfig(present)).toEqual(first);
});

test('what is heard in the plural stays so', () => {
  const [nic] = present.nics;
  const two = { ...present, nics: [nic, { ...nic, address: '100.64.0.6' }] };
  expect(heardInstanceConfigSchema.parse(two)).toEqual(two);
});

const nic = present.nics[0] as InstanceConfig['nics'][number];
const disk = present.disks[0] as InstanceConfig['disks'][number];
test.each<[string, Partial<InstanceConfig>]>([
  ['a second NIC', { nics: [nic, nic] }],
  ['no NIC', { nics: [] }],
  ['another network', { nics: [{ ...nic, mode: 'bridged' }] }],
  ['limits of a NIC', { nics: [{ ...nic, limits: { bytesPerSecond: 1 } }] }],
  ['another storage', { disks: [{ ...disk, volume: { ...disk.volume, driver: 'rbd' } }] }],
  ['another name of a volume', { disks: [{ ...disk, volume: localVolume('01a22108-c9b0-7207-b183-000000000000') }] }],
])('%s cannot be said to an older node', (_, change) => {
  expect(downgradeInstanceConfig({ ...present, ...change })).toBeUndefined();
});
