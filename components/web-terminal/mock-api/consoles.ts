/** The far end of the consoles: a screen that shows bars and answers keys by shifting them, and a tiny echoing shell. */
import type { WebSocket } from 'ws';
import { pixels, screenHeight, screenWidth } from './screen.ts';

const frameMs = 1_000;

/** Enough of an RFB 3.8 server for noVNC: no security, raw encoding, our own pixel format whatever is asked. */
export function serveDisplay(socket: WebSocket, name: string, keyDown: (keysym: number) => void): void {
  let stage: 'version' | 'security' | 'init' | 'ready' = 'version';
  let input = Buffer.alloc(0);
  let tick = 0;
  let pressed = 0;
  let waiting = false;
  const timer = setInterval(() => {
    tick++;
    if (waiting) sendFrame();
  }, frameMs);
  socket.on('close', () => clearInterval(timer));
  socket.send(Buffer.from('RFB 003.008\n'));

  function sendFrame(): void {
    waiting = false;
    const header = Buffer.alloc(16);
    header.writeUInt16BE(1, 2);
    header.writeUInt16BE(screenWidth, 8);
    header.writeUInt16BE(screenHeight, 10);
    socket.send(Buffer.concat([header, pixels(0, screenHeight, tick, pressed)]));
  }

  function serverInit(): Buffer {
    const title = Buffer.from(name);
    const init = Buffer.alloc(24);
    init.writeUInt16BE(screenWidth, 0);
    init.writeUInt16BE(screenHeight, 2);
    init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
    init.writeUInt32BE(title.length, 20);
    return Buffer.concat([init, title]);
  }

  /** Handles one message from the front of the input; how long it was, or 0 while it is not whole. */
  function handle(): number {
    if (stage === 'version') {
      if (input.length < 12) return 0;
      stage = 'security';
      socket.send(Buffer.from([1, 1]));
      return 12;
    }
    if (stage === 'security') {
      stage = 'init';
      socket.send(Buffer.alloc(4));
      return 1;
    }
    if (stage === 'init') {
      stage = 'ready';
      socket.send(serverInit());
      return 1;
    }
    switch (input[0]) {
      case 0:
        return input.length < 20 ? 0 : 20;
      case 2: {
        if (input.length < 4) return 0;
        const length = 4 + 4 * input.readUInt16BE(2);
        return input.length < length ? 0 : length;
      }
      case 3:
        if (input.length < 10) return 0;
        if (input[1] === 0) sendFrame();
        else waiting = true;
        return 10;
      case 4:
        if (input.length < 8) return 0;
        if (input[1] === 1) {
          pressed++;
          keyDown(input.readUInt32BE(4));
        }
        return 8;
      case 5:
        return input.length < 6 ? 0 : 6;
      case 6: {
        if (input.length < 8) return 0;
        const length = 8 + Math.abs(input.readInt32BE(4));
        return input.length < length ? 0 : length;
      }
      default:
        socket.close();
        return 0;
    }
  }

  socket.on('message', (data: Buffer) => {
    input = Buffer.concat([input, data]);
    while (input.length > 0) {
      const used = handle();
      if (used === 0) return;
      input = input.subarray(used);
    }
  });
}

export function serveSerial(socket: WebSocket, name: string): void {
  const prompt = `root@${name}:~# `;
  const send = (text: string) => socket.send(Buffer.from(text.replaceAll('\n', '\r\n')));
  send(`\nDebian GNU/Linux 13 ${name} ttyS0\n\nThis is the console's mock: what you type comes back.\n\n${prompt}`);
  let line = '';
  socket.on('message', (data: Buffer) => {
    for (const letter of data.toString()) {
      if (letter === '\r') {
        const answer = line.trim() === 'uname' ? 'Linux\n' : line.trim() ? `${line.trim()}: mock\n` : '';
        send(`\n${answer}${prompt}`);
        line = '';
      } else if (letter === '\x7f') {
        if (line) send('\b \b');
        line = line.slice(0, -1);
      } else if (letter >= ' ') {
        line += letter;
        send(letter);
      }
    }
  });
}
