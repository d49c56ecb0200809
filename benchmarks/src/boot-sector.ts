/**
 * The smallest guest: a boot sector that writes one byte to the first serial port and halts. What it takes from nothing to that
 * byte is the platform's work plus the firmware's, and nothing of an operating system's.
 */
import { writeFile } from 'node:fs/promises';

// mov dx, 0x3f8 · mov al, 'Z' · out dx, al · cli · hlt · jmp to hlt
const code = [0xba, 0xf8, 0x03, 0xb0, 0x5a, 0xee, 0xfa, 0xf4, 0xeb, 0xfd];

export async function writeBootSectorDisk(path: string, sizeBytes: number): Promise<void> {
  const disk = Buffer.alloc(sizeBytes);
  disk.set(code, 0);
  disk.writeUInt16LE(0xaa55, 510);
  await writeFile(path, disk);
}
