/**
 * One end of a pipe, for callers and handlers alike. Wraps the carrier stream to (1) report the first read or write,
 * which opens the pipe, and (2) map every way a stream can break to one PlatformError. Half-close and back-pressure
 * pass through.
 */
import { Duplex } from 'node:stream';

export interface PipeEndOptions {
  /** Called before the first read or write. */
  onTouch?: () => void;
  /** The error when the carrier closed before both sides had ended; `undefined` when that was fine. */
  failure: () => Error | undefined;
  /** Destroys the carrier. */
  cut: () => void;
}

export class PipeEnd extends Duplex {
  readonly #carrier: Duplex;
  readonly #options: PipeEndOptions;
  #touched = false;
  #reading = false;
  #carrierEnded = false;
  #carrierClosed = false;
  #afterDrain: ((error?: Error | null) => void) | undefined;

  constructor(carrier: Duplex, options: PipeEndOptions) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.#carrier = carrier;
    this.#options = options;
    carrier.on('error', (error) => this.destroy(options.failure() ?? error));
    carrier.on('drain', () => this.#drained());
    carrier.on('close', () => this.#onCarrierClose());
  }

  override _read(): void {
    this.#touch();
    if (!this.#reading) {
      this.#reading = true;
      this.#carrier.on('data', (chunk: Buffer) => {
        if (!this.push(chunk)) this.#carrier.pause();
      });
      this.#carrier.on('end', () => this.#onCarrierEnd());
    }
    this.#carrier.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#touch();
    if (this.#carrierClosed) done(otherSideClosed());
    else if (this.#carrier.write(chunk)) done();
    else this.#afterDrain = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#touch();
    if (this.#carrierClosed) done();
    else this.#carrier.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null || !this.#carrierEnded || !this.writableFinished) this.#options.cut();
    done(error);
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#options.onTouch?.();
  }

  #onCarrierEnd(): void {
    this.#carrierEnded = true;
    const failure = this.#options.failure();
    if (failure) this.destroy(failure);
    else this.push(null);
  }

  #onCarrierClose(): void {
    this.#carrierClosed = true;
    if (this.#carrierEnded) this.#drained(otherSideClosed());
    else if (!this.destroyed) this.destroy(this.#options.failure() ?? otherSideClosed());
  }

  #drained(error?: Error): void {
    const done = this.#afterDrain;
    this.#afterDrain = undefined;
    done?.(error);
  }
}

/** Like EPIPE: the other side stopped reading before everything was written. */
function otherSideClosed(): Error {
  return new Error('The other side has closed the pipe.');
}
