/** Announces a completed upload to any Control Server, with retries until one has acknowledged it. */
import { type ErrorCode, type ImageId, say } from '@zhiyun/contracts';
import { controlServerLink } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError, retry } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';

const backoff = { firstMs: 200, maxMs: 5_000 };
/** Answers that say nothing of the upload itself. */
const notHeard: readonly ErrorCode[] = ['unavailable', 'timeout', 'database-unavailable', 'internal'];

export interface UploadAnnouncerOptions {
  member: Pick<Member, 'onlinePeers'>;
  clock: Clock;
  log: Logger;
}

export class UploadAnnouncer {
  readonly #options: UploadAnnouncerOptions;
  readonly #pending = new Map<ImageId, AbortController>();

  constructor(options: UploadAnnouncerOptions) {
    this.#options = options;
  }

  announce(id: ImageId): void {
    if (this.#pending.has(id)) return;
    const forgotten = new AbortController();
    this.#pending.set(id, forgotten);
    const { clock, log } = this.#options;
    retry(() => this.#tell(id), {
      clock,
      backoff,
      signal: forgotten.signal,
      again: (error) => !(error instanceof PlatformError) || notHeard.includes(error.code),
    })
      .catch((error: unknown) => {
        if (!forgotten.signal.aborted) log.warn({ imageId: id, err: error }, 'no Control Server wants this upload');
      })
      .finally(() => {
        if (this.#pending.get(id) === forgotten) this.#pending.delete(id);
      });
  }

  forget(id: ImageId): void {
    this.#pending.get(id)?.abort();
    this.#pending.delete(id);
  }

  stop(): void {
    for (const id of [...this.#pending.keys()]) this.forget(id);
  }

  async #tell(id: ImageId): Promise<void> {
    const [control] = this.#options.member.onlinePeers('control-server');
    if (!control) throw new PlatformError('unavailable', say('storage.no-control'));
    await control.as(controlServerLink).uploadFinished({ imageId: id });
  }
}
