/** Links being created or removed right now: a check must not report them as faults. */

import type { ObservedNetwork, WantedNetwork } from './network-state.ts';
import { elementTap } from './nft-json.ts';

export class TouchedLinks {
  readonly #now = new Map<string, number>();
  readonly #records = new Set<Set<string>>();

  /** Until what is answered is disposed of. */
  touch(tap: string): Disposable {
    this.#now.set(tap, (this.#now.get(tap) ?? 0) + 1);
    for (const record of this.#records) record.add(tap);
    return {
      [Symbol.dispose]: () => {
        const left = (this.#now.get(tap) ?? 1) - 1;
        if (left === 0) this.#now.delete(tap);
        else this.#now.set(tap, left);
      },
    };
  }

  /** All that are touched from now until it is disposed of. */
  record(): { readonly taps: ReadonlySet<string> } & Disposable {
    const taps = new Set(this.#now.keys());
    this.#records.add(taps);
    return { taps, [Symbol.dispose]: () => void this.#records.delete(taps) };
  }
}

/** Both as if these links were no matter of ours. Pure. */
export function withoutLinks(
  wanted: WantedNetwork,
  observed: ObservedNetwork,
  taps: ReadonlySet<string>,
): { wanted: WantedNetwork; observed: ObservedNetwork } {
  if (taps.size === 0) return { wanted, observed };
  const links = wanted.links.filter(({ tap }) => !taps.has(tap));
  const { table, reservations } = observed;
  const slots = new Set([...taps].map((tap) => String(Number.parseInt(tap.slice(tap.lastIndexOf('-') + 1), 36))));
  return {
    wanted: { ...wanted, links },
    observed: {
      ...observed,
      ...(table && {
        table: { ...table, elements: new Set([...table.elements].filter((word) => !taps.has(elementTap(word)))) },
      }),
      ...(reservations && { reservations: new Map([...reservations].filter(([slot]) => !slots.has(slot))) }),
    },
  };
}
