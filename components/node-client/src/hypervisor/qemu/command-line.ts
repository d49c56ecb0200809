/**
 * A machine as QEMU arguments. Pure: the same spec and host give the same arguments, pinned by the files in `golden/`.
 *
 * Rules: nothing comes from QEMU's defaults; every PCI device has a fixed slot, so that a guest finds its devices where they
 * were; every disk layer names its driver and the base names its lack of a backing file, so that nothing inside an image
 * decides what QEMU opens. Chosen for a fast boot, measured from spawn to the guest's first instruction under software
 * emulation: a USB tablet costs 100 ms in the firmware (virtio: none), the network card's boot ROM 4 ms, display and VNC 9 ms.
 */

import type { MachineSpec } from '../hypervisor.ts';
import { cdromDevice, cdromIndex, diskDevice } from './boot-order.ts';
import { type MachineFiles, machineFiles } from './machine-files.ts';

export interface QemuHost {
  /** A versioned machine type, so that a guest sees the same machine after QEMU was upgraded. */
  machineType: string;
  accelerator: 'kvm' | 'tcg';
}

type Disk = MachineSpec['disks'][number];

const slots = { display: 2, network: 3, serialPorts: 4, random: 5, pointer: 6, firstDisk: 8, lastNetwork: 31 };
/** How long the firmware offers its menu. */
const menuMs = 5_000;
const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

export function commandLine(spec: MachineSpec, host: QemuHost): string[] {
  const files = machineFiles(spec.directory);
  return [
    ...base(spec, host),
    ...channels(files),
    ...spec.disks.flatMap(disk),
    ...cdrom(spec),
    ...spec.nics.flatMap(nic),
    ...display(files),
  ];
}

function base(spec: MachineSpec, host: QemuHost): string[] {
  return [
    ...['-name', `guest=${escapeCommas(spec.name)},debug-threads=on`],
    ...['-uuid', spec.instanceId],
    '-nodefaults',
    '-no-user-config',
    ...['-sandbox', sandbox],
    ...['-machine', `${host.machineType},accel=${host.accelerator},usb=off,dump-guest-core=off`],
    ...['-cpu', host.accelerator === 'kvm' ? 'host' : 'max'],
    ...['-smp', `cpus=${spec.cores},sockets=1,cores=${spec.cores},threads=1`],
    ...['-m', `size=${spec.memoryBytes}B`],
    ...['-boot', spec.boot?.menu ? `menu=on,splash-time=${menuMs},strict=on` : 'menu=off,strict=on'],
    ...['-rtc', 'base=utc'],
    // A guest that sleeps would look as if it ran; so there is no sleep.
    ...['-global', 'PIIX4_PM.disable_s3=1'],
    ...['-global', 'PIIX4_PM.disable_s4=1'],
    // A guest's shutdown only pauses QEMU: an agent that was away can still see it.
    '-no-shutdown',
    // The guest waits until its serial port and monitor are connected: what it says first is heard, too.
    '-S',
    ...['-msg', 'timestamp=on'],
  ];
}

/** The monitor comes last: once it listens, the others do. */
function channels(files: MachineFiles): string[] {
  return [
    ...listeningSocket('serial0', files.serial),
    ...['-device', 'isa-serial,chardev=serial0'],
    ...['-device', `virtio-serial-pci,id=ports,bus=pci.0,addr=${hex(slots.serialPorts)}`],
    ...listeningSocket('agent0', files.guestAgent),
    ...['-device', 'virtserialport,bus=ports.0,chardev=agent0,name=org.qemu.guest_agent.0'],
    ...['-object', 'rng-random,id=random0,filename=/dev/urandom'],
    ...['-device', `virtio-rng-pci,rng=random0,bus=pci.0,addr=${hex(slots.random)}`],
    ...listeningSocket('monitor', files.monitor),
    ...['-mon', 'chardev=monitor,mode=control'],
  ];
}

function listeningSocket(id: string, path: string): string[] {
  return ['-chardev', `socket,id=${id},path=${escapeCommas(path)},server=on,wait=off`];
}

function disk({ id, layers }: Disk, index: number): string[] {
  const node = `disk${index}`;
  // The disk's serial number in the guest: virtio has room for 20 characters, and a UUIDv7 is random at its end.
  const serial = id.replaceAll('-', '').slice(-20);
  return [
    ...['-blockdev', JSON.stringify({ 'node-name': node, ...layer(layers, 0) })],
    ...[
      '-device',
      `virtio-blk-pci,drive=${node},id=${diskDevice(index)},serial=${escapeCommas(serial)},bootindex=${index + 1},` +
        `bus=pci.0,addr=${hex(slots.firstDisk + index)}`,
    ],
  ];
}

/** The disk itself is written, everything below it only read. */
function layer(layers: Disk['layers'], depth: number): object {
  const current = layers[depth];
  if (current === undefined) throw new Error('A disk needs at least one layer');
  const access = depth === 0 ? { discard: 'unmap' } : { 'read-only': true };
  const file = { driver: 'file', filename: current.path, locking: 'on', ...access };
  if (current.format === 'raw') {
    if (depth + 1 < layers.length) throw new Error('A raw layer cannot have a layer below it');
    return { driver: 'raw', ...access, file };
  }
  const backing = depth + 1 < layers.length ? layer(layers, depth + 1) : null;
  return { driver: 'qcow2', ...access, file, backing };
}

/** The CD drive always exists, so that a medium can be inserted later. The firmware skips what is not bootable. */
function cdrom({ isoPath, boot }: MachineSpec): string[] {
  const drive = `ide-cd,id=${cdromDevice},bus=ide.0,unit=0,bootindex=${cdromIndex(boot)}`;
  if (isoPath === null) return ['-device', drive];
  const file = { driver: 'file', filename: isoPath, 'read-only': true, locking: 'on' };
  const medium = { 'node-name': 'medium', driver: 'raw', 'read-only': true, file };
  return [...['-blockdev', JSON.stringify(medium)], ...['-device', `${drive},drive=medium`]];
}

function nic({ tap, macAddress }: MachineSpec['nics'][number], index: number): string[] {
  const net = `net${index}`;
  // Disks grow upwards from theirs, further cards downwards from the last.
  const slot = index === 0 ? slots.network : slots.lastNetwork + 1 - index;
  return [
    ...['-netdev', `tap,id=${net},ifname=${escapeCommas(tap)},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=${net},mac=${macAddress},romfile=,bus=pci.0,addr=${hex(slot)}`],
  ];
}

/** `ignore`: viewers share the display, whatever they ask for. */
function display(files: MachineFiles): string[] {
  return [
    ...['-device', `VGA,id=vga,vgamem_mb=16,bus=pci.0,addr=${hex(slots.display)}`],
    ...['-device', `virtio-tablet-pci,bus=pci.0,addr=${hex(slots.pointer)}`],
    ...['-vnc', `unix:${escapeCommas(files.display)},share=ignore`],
  ];
}

/** QEMU reads a doubled comma inside an option's value as one comma. */
function escapeCommas(value: string): string {
  return value.replaceAll(',', ',,');
}

function hex(slot: number): string {
  return `0x${slot.toString(16)}`;
}
