/** The picture on every mock instance's screen: colour bars over a moving line. No guest, no text. */
import { deflateSync } from 'node:zlib';

export const screenWidth = 640;
export const screenHeight = 400;

const bars = [0xe9ded8, 0x8bcbeb, 0xd0c088, 0x8cbea3, 0xad8eb4, 0x6a61bf, 0xac815e, 0x40342e] as const;

/** One band of rows as bytes R, G, B and an unused one: the format that noVNC asks for. */
export function pixels(y: number, height: number, tick: number, pressed: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(screenWidth * height * 4));
  const line = (tick * 7) % screenHeight;
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < screenWidth; x++) {
      const bar = bars[(Math.floor((x * bars.length) / screenWidth) + pressed) % bars.length] ?? 0;
      const color = Math.abs(y + row - line) < 3 ? 0xffffff : bar;
      view.setUint32((row * screenWidth + x) * 4, color, true);
    }
  }
  return new Uint8Array(view.buffer);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The same picture as PNG. */
export function screenshot(): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(screenWidth, 0);
  header.writeUInt32BE(screenHeight, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const source = pixels(0, screenHeight, 0, 0);
  const rows = Buffer.alloc(screenHeight * (screenWidth * 3 + 1));
  for (let y = 0; y < screenHeight; y++) {
    for (let x = 0; x < screenWidth; x++) {
      const from = (y * screenWidth + x) * 4;
      const to = y * (screenWidth * 3 + 1) + 1 + x * 3;
      rows.set(source.subarray(from, from + 3), to);
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())];
  return new Uint8Array(Buffer.concat(parts));
}
