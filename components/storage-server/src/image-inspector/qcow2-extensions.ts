/** Walks the header extensions of a qcow2 image, which may name an external data file or encryption whatever the header says. */
import { say } from '@zhiyun/contracts';
import type { BoundedReader } from './bounded-reader.ts';
import type { Qcow2Header } from './qcow2-header.ts';
import { refused } from './refusal.ts';

const extension = { end: 0, backingFormat: 0xe2792aca, encryption: 0x0537be77, externalDataFile: 0x44415441 };
/** Real images have one to four. */
const maxExtensions = 32;

export async function refuseDangerousExtensions(reader: BoundedReader, header: Qcow2Header): Promise<void> {
  let at = header.headerBytes;
  for (let count = 0; ; count++) {
    if (at + 8 > header.clusterBytes || at + 8 > reader.sizeBytes) return;
    const head = await reader.read(at, 8, 'header');
    const type = head.readUInt32BE(0);
    const bytes = head.readUInt32BE(4);
    if (type === extension.end) return;
    if (type === extension.externalDataFile) throw refused(say('refusal.external-data'));
    if (type === extension.encryption) throw refused(say('refusal.encrypted'));
    if (type === extension.backingFormat) throw refused(say('refusal.backing-format'));
    at += 8 + Math.ceil(bytes / 8) * 8;
    if (count === maxExtensions || at > header.clusterBytes) {
      throw refused(say('refusal.header-end'), say('cure.make-again'));
    }
  }
}
