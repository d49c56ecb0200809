/**
 * The display of a simulated machine: an RFB 3.8 server (RFC 6143) with one grey picture, enough for any viewer to connect
 * and be content. Each key makes the grey lighter; the pointer is ignored.
 */
import { Duplex } from 'node:stream';

const size = { width: 320, height: 200 };
const bytesPerPixel = 4;
const darkest = 0x60;
const lighterByKey = 8;

/** Bits and depth, little-endian, true colour, 8 bits each, red at 16, green at 8, blue at 0. */
const pixelFormat = Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]);

/** Length of each client message by its type; where that depends on a count inside, of the part up to it. */
const messageLengths: Readonly<Record<number, (bytes: Buffer) => number>> = {
  0: () => 20,
  2: (bytes) => (bytes.length < 4 ? 4 : 4 + 4 * bytes.readUInt16BE(2)),
  3: () => 10,
  4: () => 8,
  5: () => 6,
  6: (bytes) => (bytes.length < 8 ? 8 : 8 + bytes.readUInt32BE(4)),
};
const updateRequest = 3;
const keyEvent = 4;

/** Whose screen it is. */
export interface Seen {
  readonly spec: { readonly name: string };
  readonly keysyms: readonly number[];
  pressKey(keysym: number): void;
}

export function openScreen(machine: Seen): Duplex {
  let buffered: Buffer = Buffer.alloc(0);
  const answers = conversation(machine);
  const screen = new Duplex({
    allowHalfOpen: false,
    read() {},
    write(bytes: Buffer, _encoding, done) {
      buffered = Buffer.concat([buffered, bytes]);
      for (;;) {
        const step = answers(buffered);
        if (step === 'more') return done();
        if (step === 'wrong') return done(new Error('Not an RFB client'));
        buffered = buffered.subarray(step.used);
        if (step.answer !== undefined) screen.push(step.answer);
      }
    },
  });
  screen.push('RFB 003.008\n');
  return screen;
}

type Step = { used: number; answer?: Buffer } | 'more' | 'wrong';

/** Version, security (none), initialisation; then messages for good. */
function conversation(machine: Seen): (bytes: Buffer) => Step {
  const opening = [
    { used: 12, answer: Buffer.from([1, 1]) },
    { used: 1, answer: Buffer.alloc(4) },
    { used: 1, answer: serverInit(machine.spec.name) },
  ];
  /** What the viewer has; and whether it has asked for what is new. */
  let shown: number | undefined;
  let isAwaited = false;
  return (bytes) => {
    const [next] = opening;
    if (next !== undefined) {
      if (bytes.length < next.used) return 'more';
      return opening.shift() ?? 'wrong';
    }
    const type = bytes[0];
    if (type === undefined) return 'more';
    const used = messageLengths[type]?.(bytes);
    if (used === undefined) return 'wrong';
    if (bytes.length < used) return 'more';
    if (type === keyEvent && bytes[1] === 1) machine.pressKey(bytes.readUInt32BE(4));
    if (type === updateRequest) {
      isAwaited = true;
      if (bytes[1] === 0) shown = undefined;
    }
    const shade = shadeOf(machine);
    if (!isAwaited || shown === shade) return { used };
    isAwaited = false;
    shown = shade;
    return { used, answer: update(shade) };
  };
}

function shadeOf({ keysyms }: Seen): number {
  return darkest + ((lighterByKey * keysyms.length) % (0x100 - darkest));
}

function serverInit(name: string): Buffer {
  const title = Buffer.from(name);
  const numbers = Buffer.alloc(24);
  numbers.writeUInt16BE(size.width, 0);
  numbers.writeUInt16BE(size.height, 2);
  pixelFormat.copy(numbers, 4);
  numbers.writeUInt32BE(title.length, 20);
  return Buffer.concat([numbers, title]);
}

/** One rectangle, raw. */
function update(shade: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16BE(1, 2);
  header.writeUInt16BE(size.width, 8);
  header.writeUInt16BE(size.height, 10);
  return Buffer.concat([header, Buffer.alloc(size.width * size.height * bytesPerPixel, shade)]);
}
