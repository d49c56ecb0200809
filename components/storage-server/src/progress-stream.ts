/** A task that reports its progress by calls, as the row of items a link stream is made of. Only the newest progress is kept. */
import type { Fault } from '@zhiyun/contracts';
import type { Logger } from '@zhiyun/kernel';
import { faultFor, type LinkContext } from '@zhiyun/link';

export type ProgressItem<Image> =
  | { type: 'progress'; progress: number }
  | { type: 'done'; image: Image }
  | { type: 'failed'; error: Fault };

/** At least this much more, so that a long file is not a flood of items. */
const worthTelling = 0.01;

export async function* progressStream<Image>(
  task: (progress: (fraction: number) => void) => Promise<Image>,
  { signal, protocol }: Pick<LinkContext, 'signal' | 'protocol'>,
  log: Logger,
): AsyncGenerator<ProgressItem<Image>> {
  let told = 0;
  let reached = 0;
  let wake = Promise.withResolvers<void>();
  let end: ProgressItem<Image> | undefined;
  const finish = (item: ProgressItem<Image>) => {
    end = item;
    wake.resolve();
  };
  task((fraction) => {
    reached = fraction;
    if (reached >= told + worthTelling) wake.resolve();
  }).then(
    (image) => finish({ type: 'done', image }),
    (error: unknown) => {
      const fault = faultFor(error, protocol);
      if (fault.code === 'internal' && !signal.aborted) log.error({ err: error }, 'an image could not be checked');
      finish({ type: 'failed', error: fault });
    },
  );
  for (;;) {
    await wake.promise;
    if (end) {
      yield end;
      return;
    }
    wake = Promise.withResolvers();
    told = reached;
    yield { type: 'progress', progress: reached };
  }
}
