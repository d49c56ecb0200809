/**
 * The far side of a serial port: keeps the newest output and hands it to any number of viewers, who may all type.
 * Invariant: output is never held back for a viewer; one that does not keep up is cut.
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

  /** `type` takes what a viewer typed and calls `done` when it may type more. */
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

  /** No more output; what viewers have not read yet they still get. */
  end(): void {
    this.#ended = true;
    for (const viewer of this.#viewers) viewer.push(null);
    this.#viewers.clear();
  }
}
