import { expect, test } from 'vitest';
import { nameSchema } from '../fields.ts';
import { imageKindsOf, imageNameOf, imageStartBytes } from './image-file.ts';

test.each([
  ['debian-13.1.0-amd64 (1).iso', 'debian-13.1.0-amd64-1'],
  ['C:\\images\\银河麒麟.qcow2', '银河麒麟'],
  ['/srv/images/.hidden.raw', 'hidden'],
  ['my image.img', 'my-image'],
  ['हिन्दी.iso', 'हिन्दी'],
  ['cafe\u0301.iso', 'café'],
  ['\u0301\u0301x.iso', 'x'],
  ['???.iso', ''],
])('the file %s becomes the image %s', (file, name) => {
  expect(imageNameOf(file)).toBe(name);
  if (name !== '') expect(nameSchema.parse(name)).toBe(name);
});

function start(marks: { disc?: boolean; boot?: boolean; qcow2?: boolean }): Uint8Array {
  const bytes = Buffer.alloc(imageStartBytes);
  if (marks.disc) bytes.write('CD001', 32_769, 'latin1');
  if (marks.boot) bytes.writeUInt16LE(0xaa55, 510);
  if (marks.qcow2) bytes.write('QFI\xfb', 0, 'latin1');
  return bytes;
}

test.each([
  ['a disc', start({ disc: true }), 'x.img', ['iso']],
  ['a hybrid disc', start({ disc: true, boot: true }), 'grub-rescue-usb.img', ['disk', 'iso']],
  ['the same by another name', start({ disc: true, boot: true }), 'grub-rescue.ISO', ['iso', 'disk']],
  ['a raw disk that is named like a disc', start({ boot: true }), 'x.iso', ['disk']],
  ['a qcow2 disk with the mark of a disc', start({ disc: true, boot: true, qcow2: true }), 'x.qcow2', ['disk']],
  ['a very short file', new Uint8Array(5), 'x.raw', ['disk']],
])('%s is told by its content', (_, bytes, file, kinds) => {
  expect(imageKindsOf(bytes, file)).toEqual(kinds);
});
