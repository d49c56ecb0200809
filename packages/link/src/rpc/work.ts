/**
 * Long work over a link: both ends of the method kind `work`. The serving side turns a task that reports its progress into the items of a
 * stream, and the calling side turns these back into one promise. Progress is coalesced: a caller that reads slowly holds back neither the
 * task nor the connection, and hears the newest.
 */
import { say } from '@zhiyun/contracts';
import type { LinkWork, WorkItem } from '@zhiyun/contracts/links';
import { errorFromFault, PlatformError } from '@zhiyun/kernel';
import type { LinkContext, WorkContext, WorkOptions } from '../types.ts';
import { faultFor } from './fault-for.ts';

/** Throttles progress: smaller steps are not sent. */
const worthTelling = 0.005;

/** Ends without a last item when the caller is gone. `failed` receives unexpected errors, for the log. */
export async function* workItems(
  name: string,
  { result, resultName }: Pick<LinkWork, 'result' | 'resultName'>,
  task: (context: WorkContext) => Promise<unknown>,
  context: LinkContext,
): AsyncGenerator<WorkItem> {
  const { signal, protocol } = context;
  const newest = new Newest();
  const abort = () => newest.end();
  signal.addEventListener('abort', abort, { once: true });
  // Also what a task throws before it has begun to wait.
  const work = (async () => task({ ...context, progress: (fraction) => newest.push(fraction) }))();
  work.then(abort, abort);
  try {
    for await (const progress of newest.read()) yield { type: 'progress', progress };
    if (signal.aborted) return;
    const parsed = result.safeParse(await work);
    if (!parsed.success) throw new Error(`The result of ${name} breaks its contract`, { cause: parsed.error });
    yield { type: 'done', [resultName]: parsed.data };
  } catch (error) {
    // A fault of ours ends the stream as one, so that it is logged like that of a call.
    if (!(error instanceof PlatformError)) throw error;
    yield { type: 'failed', error: faultFor(error, protocol) };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Passes items to `take`; `outcome` throws the failure, or that no outcome was received. */
export function workOutcome(
  { resultName }: Pick<LinkWork, 'resultName'>,
  { onProgress }: WorkOptions,
): { take: (item: WorkItem) => void; outcome: () => unknown } {
  let last: Exclude<WorkItem, { type: 'progress' }> | undefined;
  return {
    take(item) {
      if (item.type === 'progress') onProgress?.(item.progress);
      else last = item;
    },
    outcome() {
      if (!last) throw new PlatformError('unavailable', say('link.work-cut'));
      if (last.type === 'failed') throw errorFromFault(last.error);
      return last[resultName];
    },
  };
}

/** Coalesces a fast-changing number for a slower reader: the latest wins. */
class Newest {
  #value: number | undefined;
  #told = 0;
  #ended = false;
  #more = Promise.withResolvers<void>();

  push(value: number): void {
    if (value < this.#told + worthTelling && value < 1) return;
    this.#value = value;
    this.#more.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#more.resolve();
  }

  async *read(): AsyncGenerator<number, void> {
    for (;;) {
      await this.#more.promise;
      if (this.#ended) return;
      this.#more = Promise.withResolvers<void>();
      const value = this.#value;
      if (value === undefined) continue;
      this.#value = undefined;
      this.#told = value;
      yield value;
    }
  }
}
