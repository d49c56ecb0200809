import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteRing } from './byte-ring.ts';

test('holds the last bytes of whatever was written, in order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.array(fc.uint8Array({ maxLength: 9_000 }), { maxLength: 12 }),
      (limit, chunks) => {
        const ring = new ByteRing(limit);
        for (const chunk of chunks) ring.append(Buffer.from(chunk));
        const all = Buffer.concat(chunks);
        expect(ring.contents().equals(all.subarray(Math.max(0, all.length - limit)))).toBe(true);
      },
    ),
  );
});
