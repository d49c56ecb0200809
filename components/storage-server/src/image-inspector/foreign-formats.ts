/**
 * Formats that are not taken, by their signatures. Everything QEMU could recognise is here, because a file that is raw to us
 * and something else to a later reader is how secrets of the host leak; and what users often send by mistake, to name it.
 */
import { isUtf8 } from 'node:buffer';
import { KiB } from '@zhiyun/contracts';
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
  signature('a QCOW version 1 image', 0, 'QFI\xfb\0\0\0\x01'),
  signature('a QED image', 0, 'QED\0'),
  signature('a VMware VMDK image', 0, 'KDMV'),
  signature('a VMware VMDK image', 0, 'COWD'),
  signature('a VMware SE sparse image', 0, '\xbe\xba\xfe\xca'),
  signature('a Hyper-V VHDX image', 0, 'vhdxfile'),
  signature('a VHD image', 0, 'conectix'),
  signature('a VHD image', -512, 'conectix'),
  signature('a VHD image', -511, 'conectix'),
  signature('a VirtualBox VDI image', 0x40, '\x7f\x10\xda\xbe'),
  signature('a VirtualBox VDI image', 0, '<<< '),
  signature('a Parallels image', 0, 'WithoutFreeSpace'),
  signature('a Parallels image', 0, 'WithouFreSpacExt'),
  signature('a Bochs image', 0, 'Bochs Virtual HD Image'),
  signature('a cloop image', 0, '#!/bin/sh\n#V2.0'),
  signature('an Apple DMG image', -512, 'koly'),
  signature('an encrypted LUKS volume', 0, 'LUKS\xba\xbe'),
];

const archives: readonly Signature[] = [
  signature('compressed with gzip', 0, '\x1f\x8b\x08'),
  signature('compressed with xz', 0, '\xfd7zXZ\0'),
  signature('compressed with zstd', 0, '\x28\xb5\x2f\xfd'),
  signature('compressed with bzip2', 0, 'BZh'),
  signature('compressed with lz4', 0, '\x04\x22\x4d\x18'),
  signature('a ZIP archive', 0, 'PK\x03\x04'),
  signature('a 7-Zip archive', 0, '7z\xbc\xaf\x27\x1c'),
  signature('a tar archive or OVA appliance', 257, 'ustar'),
  signature('a Windows WIM archive', 0, 'MSWIM\0\0\0'),
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
  if (format) throw refused(`it is ${format.name}, which is not supported`);
  const archive = archives.find(carries);
  if (archive) throw refused(`it is ${archive.name}`, 'Unpack it and add what was inside.');
  if (vmdkDescriptor.test(start.toString('latin1'))) {
    throw refused('it is a VMware VMDK descriptor, a text that only names other files', chooseTheDisk);
  }
  if (isText(start.subarray(0, textProbeBytes))) throw refused('it is a text file', chooseTheDisk);
}

const chooseTheDisk = 'Choose the file that holds the disk itself.';

function isText(bytes: Buffer): boolean {
  // NULs behind it do not hide a text.
  const said = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  return said.length > 0 && isUtf8(said) && said.every((byte) => (byte >= 0x20 && byte !== 0x7f) || isWhite(byte));
}

function isWhite(byte: number): boolean {
  return byte >= 0x09 && byte <= 0x0d;
}
