/**
 * Chooses which statements are prepared (named): parsed and planned once per connection. Only texts seen several times,
 * and a bounded number of them, so that varying texts cannot fill the server.
 */

/**
 * Marks a statement whose best plan depends on its values: never prepared, planned each time. A prepared one gets a
 * generic plan, which reads half a table for the most common value.
 */
export const plannedAnew = '/* planned anew */';

const seenBefore = 3;
const maxNames = 500;
const maxCounted = 2_000;

export class StatementNames {
  readonly #names = new Map<string, string>();
  #seen = new Map<string, number>();

  /** `undefined`: send it unprepared. */
  nameOf(text: string): string | undefined {
    if (text.includes(plannedAnew)) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= maxNames) return known;
    const seen = (this.#seen.get(text) ?? 0) + 1;
    if (this.#seen.size >= maxCounted) this.#seen = new Map();
    this.#seen.set(text, seen);
    if (seen < seenBefore) return undefined;
    this.#seen.delete(text);
    const name = `zhiyun_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
