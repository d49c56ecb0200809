/**
 * Formats that are not taken, by their signatures. Everything QEMU could recognise is here, because a file that is raw to us
 * and something else to a later reader is how secrets of the host leak; and what users often send by mistake, to name it.
 */
import { isUtf8 } from 'node:buffer';
import { KiB, say } from '@zhiyun/contracts';
import type { BoundedReader } from './bounded-reader.ts';
import { refused } from './refusal.ts';

interface Signature {
  readonly name: string;
  /** Negative: from the end of the file. */
  readonly offset: number;
  readonly bytes: Buffer;
}

function signature(name: string, offset: number, text: string): Signature {
  return { name, offset, bytes: Buffer.from(text, 'latin1') };
}

const diskFormats: readonly Signature[] = [
  signature('QCOW version 1', 0, 'QFI\xfb\0\0\0\x01'),
  signature('QED', 0, 'QED\0'),
  signature('VMware VMDK', 0, 'KDMV'),
  signature('VMware VMDK', 0, 'COWD'),
  signature('VMware SE sparse', 0, '\xbe\xba\xfe\xca'),
  signature('Hyper-V VHDX', 0, 'vhdxfile'),
  signature('VHD', 0, 'conectix'),
  signature('VHD', -512, 'conectix'),
  signature('VHD', -511, 'conectix'),
  signature('VirtualBox VDI', 0x40, '\x7f\x10\xda\xbe'),
  signature('VirtualBox VDI', 0, '<<< '),
  signature('Parallels', 0, 'WithoutFreeSpace'),
  signature('Parallels', 0, 'WithouFreSpacExt'),
  signature('Bochs', 0, 'Bochs Virtual HD Image'),
  signature('cloop', 0, '#!/bin/sh\n#V2.0'),
  signature('Apple DMG', -512, 'koly'),
  signature('LUKS (encrypted)', 0, 'LUKS\xba\xbe'),
];

const archives: readonly Signature[] = [
  signature('gzip', 0, '\x1f\x8b\x08'),
  signature('xz', 0, '\xfd7zXZ\0'),
  signature('zstd', 0, '\x28\xb5\x2f\xfd'),
  signature('bzip2', 0, 'BZh'),
  signature('lz4', 0, '\x04\x22\x4d\x18'),
  signature('ZIP', 0, 'PK\x03\x04'),
  signature('7-Zip', 0, '7z\xbc\xaf\x27\x1c'),
  signature('tar (OVA)', 257, 'ustar'),
  signature('Windows WIM', 0, 'MSWIM\0\0\0'),
];

/** QEMU takes a file for a VMDK descriptor when it begins so; comment lines may hold anything. */
const vmdkDescriptor = /^(?:#[^\n]*\n| *\r?\n)*version=|disk descriptorfile/i;
/** No disk and no disc begins with this much plain text. */
const textProbeBytes = 512;

/** Refuses the image when it carries a foreign signature anywhere, whatever else it may look like. */
export async function refuseForeignFormats(reader: BoundedReader): Promise<void> {
  const start = await reader.readSome(0, 4 * KiB);
  const end = await reader.readSome(reader.sizeBytes - 512, 512);
  const carries = ({ offset, bytes }: Signature) => {
    const part = offset < 0 ? end.subarray(end.length + offset) : start.subarray(offset);
    return part.subarray(0, bytes.length).equals(bytes);
  };
  const format = diskFormats.find(carries);
  if (format) throw refused(say('refusal.foreign-format', { format: format.name }));
  const archive = archives.find(carries);
  if (archive) throw refused(say('refusal.archive', { format: archive.name }), say('cure.unpack'));
  if (vmdkDescriptor.test(start.toString('latin1'))) {
    throw refused(say('refusal.vmdk-descriptor'), say('cure.choose-disk'));
  }
  if (isText(start.subarray(0, textProbeBytes))) throw refused(say('refusal.text'), say('cure.choose-disk'));
}

function isText(bytes: Buffer): boolean {
  // NULs behind it do not hide a text.
  const said = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  return said.length > 0 && isUtf8(said) && said.every((byte) => (byte >= 0x20 && byte !== 0x7f) || isWhite(byte));
}

function isWhite(byte: number): boolean {
  return byte >= 0x09 && byte <= 0x0d;
}
