/** Deterministic ids of children, from parent and key: beginning them again after a crash is idempotent. */
import { createHash } from 'node:crypto';
import type { OperationId } from '@zhiyun/contracts';

/** A UUIDv7 of the parent's millisecond; `place` (their order, modulo 4096) keeps children in order, `tries` is 1 for the first. */
export function childId(parent: OperationId, key: string, place: number, tries: number): OperationId {
  const bytes = createHash('sha256')
    .update(JSON.stringify([parent, key, tries]))
    .digest()
    .subarray(0, 16);
  Buffer.from(parent.replaceAll('-', '').slice(0, 12), 'hex').copy(bytes);
  bytes.writeUInt16BE(0x7000 | (place & 0xfff), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  ) as OperationId;
}
