/**
 * Every case is pinned by a file in `golden/`, one argument per line. A change of a command line is a change of the machine
 * every guest sees at its next start; make it on purpose, look at the difference, then run with `--update`.
 */
import { instanceIdSchema } from '@zhiyun/contracts';
import { describe, expect, test } from 'vitest';
import type { MachineSpec } from '../hypervisor.ts';
import { commandLine, type QemuHost } from './command-line.ts';

const emulated: QemuHost = { machineType: 'pc-i440fx-7.2', accelerator: 'tcg' };
const base = { path: '/images/debian.qcow2', format: 'qcow2' } as const;
const smallest: MachineSpec = {
  instanceId: instanceIdSchema.parse('0199a5f0-7c00-7000-8000-000000000001'),
  name: 'web-1',
  cores: 1,
  memoryBytes: 512 * 1024 * 1024,
  nics: [],
  disks: [],
  isoPath: null,
  directory: '/node/instances/web-1',
  epoch: 0,
};
const nicOf = (tap: string) => ({ tap, macAddress: '52:54:00:12:34:56' });
function diskOf(number: number, ...layers: MachineSpec['disks'][number]['layers']): MachineSpec['disks'][number] {
  return { id: `0199a5f0-7c00-7000-8000-0000000000d${number}`, layers };
}

const cases: Record<string, { spec: MachineSpec; host?: QemuHost }> = {
  smallest: { spec: smallest },
  'blank-disk-and-iso': {
    spec: {
      ...smallest,
      disks: [diskOf(1, { path: '/node/disks/d1.qcow2', format: 'qcow2' })],
      isoPath: '/images/install.iso',
      nics: [nicOf('zy0a1b2c3d')],
    },
  },
  'thin-disk-of-an-image': {
    spec: {
      ...smallest,
      disks: [diskOf(1, { path: '/node/disks/d1.qcow2', format: 'qcow2' }, base)],
      nics: [nicOf('zy0a1b2c3d')],
    },
  },
  'thin-disk-of-a-raw-image': {
    spec: {
      ...smallest,
      disks: [diskOf(1, { path: '/node/disks/d1.qcow2', format: 'qcow2' }, { path: '/images/raw.img', format: 'raw' })],
    },
  },
  'many-disks-kvm': {
    host: { machineType: 'pc-i440fx-7.2', accelerator: 'kvm' },
    spec: {
      ...smallest,
      cores: 4,
      memoryBytes: 8 * 1024 ** 3,
      disks: [
        diskOf(
          1,
          { path: '/node/disks/d1.qcow2', format: 'qcow2' },
          { path: '/images/middle.qcow2', format: 'qcow2' },
          base,
        ),
        diskOf(2, { path: '/node/disks/d2.raw', format: 'raw' }),
        diskOf(3, { path: '/node/disks/d3.qcow2', format: 'qcow2' }),
      ],
    },
  },
  'many-nics': {
    spec: { ...smallest, nics: [nicOf('zy0a1b2c3d-0'), nicOf('zy0a1b2c3d-1'), nicOf('zy0a1b2c3d-2')] },
  },
  'names-with-commas': {
    spec: {
      ...smallest,
      name: 'a,readonly=off',
      nics: [nicOf('tap,script=/bin/sh')],
      directory: '/node/a,b',
      disks: [diskOf(1, { path: '/node/a,b/"d1".raw', format: 'raw' })],
    },
  },
};

for (const [name, { spec, host = emulated }] of Object.entries(cases)) {
  test(`command line: ${name}`, async () => {
    await expect(`${commandLine(spec, host).join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.golden`);
  });
}

describe('no image decides what is opened', () => {
  const layersOf = (spec: MachineSpec) =>
    commandLine(spec, emulated)
      .filter((argument) => argument.startsWith('{'))
      .map((argument) => JSON.parse(argument));

  test('the base of every chain says that nothing is below it, and only the disk itself is written', () => {
    const [top] = layersOf(cases['thin-disk-of-an-image']?.spec ?? smallest);
    expect(top['read-only']).toBeUndefined();
    expect(top.backing).toMatchObject({ driver: 'qcow2', 'read-only': true, backing: null });
    expect(top.backing.file['read-only']).toBe(true);
  });

  test('a chain that cannot be is refused', () => {
    const raw = { path: '/node/disks/d1.raw', format: 'raw' } as const;
    expect(() => commandLine({ ...smallest, disks: [diskOf(1)] }, emulated)).toThrow('at least one layer');
    expect(() => commandLine({ ...smallest, disks: [diskOf(1, raw, base)] }, emulated)).toThrow('raw layer');
  });
});
