/** Operations of a newer release: not run here, and logged once each. */
import type { OperationId } from '@zhiyun/contracts';
import type { Clock, Logger } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { Claim } from './journal.ts';
import { type KnownKind, unknownOperation } from './other-releases.ts';
import { giveBack, unknownOperations } from './take-over.ts';

const lookMs = 10_000;

export class LeftOperations {
  readonly #options: { store: Store; clock: Clock; log: Logger; kinds: readonly KnownKind[] };
  #said = new Set<OperationId>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: { store: Store; clock: Clock; log: Logger; kinds: readonly KnownKind[] }) {
    this.#options = options;
  }

  /** Called periodically: logs what is left, and gives back what was handed over to this runner. */
  async look(claim: Claim): Promise<void> {
    const { store, clock, log, kinds } = this.#options;
    const now = clock.monotonicMs();
    if (now - this.#lookedMs < lookMs) return;
    this.#lookedMs = now;
    const unknown = await unknownOperations(store, kinds);
    if (unknown.length > 0) await giveBack(store, claim, kinds);
    for (const { id, kind, version } of unknown) {
      if (this.#said.has(id)) continue;
      const known = kinds.find((one) => one.kind === kind)?.version ?? 0;
      log.warn(
        { operation: id, kind, version, known },
        'a newer release has begun this operation; it is left to a control server of that release',
      );
    }
    this.#said = new Set(unknown.map(({ id }) => id));
  }

  /** Throws `newer-version`. */
  async requireKnown(id: OperationId): Promise<void> {
    const { store, kinds } = this.#options;
    const row = await store.db
      .selectFrom('operation')
      .select(['id', 'kind', 'version'])
      .where('id', '=', id)
      .executeTakeFirst();
    const isKnown = ({ kind, version }: KnownKind) => kind === row?.kind && row.version <= version;
    if (row && !kinds.some(isKnown)) throw unknownOperation(row);
  }
}
