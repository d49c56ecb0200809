/**
 * Names for statements that come again and again: a named statement is parsed and planned once per connection. Only what was
 * seen several times gets a name, and only so many: texts that vary (lists of different lengths) must not fill the server.
 */

/**
 * In the text of a statement whose best plan depends on what is asked for: it is planned each time with the values in sight. A
 * named one gets a plan for average values, which reads half a table for the value that most rows have.
 */
export const plannedAnew = '/* planned anew */';

const seenBefore = 3;
const maxNames = 500;
const maxCounted = 2_000;

export class StatementNames {
  readonly #names = new Map<string, string>();
  #seen = new Map<string, number>();

  /** Undefined: send it without a name. */
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
