/**
 * Fan-out of a serial port: buffers the newest output and copies it to any number of viewers, who may all type. No
 * back-pressure on the guest: a viewer that does not keep up is disconnected.
 */

import { Duplex } from 'node:stream';
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { ByteRing } from './byte-ring.ts';

const keptBytes = 256 * 1024;
const mostBytesBehind = 2 * keptBytes;

export class SerialViewers {
  readonly #past = new ByteRing(keptBytes);
  readonly #viewers = new Set<Duplex>();
  readonly #type: (bytes: Buffer, done: () => void) => void;
  #ended = false;

  /** `type` receives a viewer's input and calls `done` when more may follow (back-pressure on the viewer). */
  constructor(type: (bytes: Buffer, done: () => void) => void) {
    this.#type = type;
  }

  /** Output of the guest. */
  show(bytes: Buffer): void {
    this.#past.append(bytes);
    for (const viewer of this.#viewers) {
      if (viewer.readableLength + bytes.length > mostBytesBehind) {
        viewer.destroy(new PlatformError('unavailable', say('node.viewer-slow')));
      } else {
        viewer.push(bytes);
      }
    }
  }

  open(): Duplex {
    const viewer = new Duplex({
      allowHalfOpen: false,
      read() {},
      write: (bytes: Buffer, _encoding, done) => this.#type(bytes, done),
    });
    const past = this.#past.contents();
    if (past.length > 0) viewer.push(past);
    if (this.#ended) {
      viewer.push(null);
      return viewer;
    }
    this.#viewers.add(viewer);
    viewer.once('close', () => this.#viewers.delete(viewer));
    return viewer;
  }

  /** Ends the output; viewers still get what is buffered for them. */
  end(): void {
    this.#ended = true;
    for (const viewer of this.#viewers) viewer.push(null);
    this.#viewers.clear();
  }
}
