/** Small files that the Storage Server's inspection takes for what they are. */

/** Begins with boot code and an empty partition table. */
export function rawDisk(bytes: number): Buffer {
  const image = Buffer.alloc(bytes);
  image.write('\xfa\x31\xc0\x8e\xd8', 'latin1');
  image.writeUInt16LE(0xaa55, 510);
  return image;
}

/** A disc with nothing on it. */
export function isoImage(sectors = 40): Buffer {
  const image = Buffer.alloc(sectors * 2048);
  const descriptor = image.subarray(16 * 2048, 17 * 2048);
  descriptor.write('\x01CD001\x01', 'latin1');
  descriptor.writeUInt32LE(sectors, 80);
  descriptor.writeUInt32BE(sectors, 84);
  descriptor.writeUInt16LE(2048, 128);
  descriptor.writeUInt16BE(2048, 130);
  image.write('\xffCD001\x01', 17 * 2048, 'latin1');
  return image;
}

/** A disk that would read a file of the host: refused. */
export function qcow2WithBackingFile(backingFile: string): Buffer {
  const image = Buffer.alloc(5 * 65_536);
  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(2, 4);
  image.writeBigUInt64BE(1024n, 8);
  image.writeUInt32BE(backingFile.length, 16);
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(64n << 20n, 24);
  image.write(backingFile, 1024, 'latin1');
  return image;
}
