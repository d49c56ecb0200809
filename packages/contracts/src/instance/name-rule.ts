/**
 * The rule by which instances of one request are named: text with one place for the number, `web-{n}` → web-1, web-2 … or, with at least
 * so many digits, `web-{n:03}` → web-001. Used alike by the server, the console's preview and the command line.
 */
import { nameSchema } from '../fields.ts';

const place = /\{n(?::0([1-9]))?\}/g;

export const nameRuleMessages = {
  shape: 'must be a name with one place for the number, as in web-{n} or web-{n:03}',
  numberless: 'must hold {n} when there are several: otherwise all would have one name',
} as const;

export interface NameRuleOptions {
  count: number;
  /** Of the first. */
  from: number;
}

/** Why the rule cannot name so many; undefined: it can. */
export function nameRuleFault(rule: string, { count, from }: NameRuleOptions): string | undefined {
  const places = [...rule.matchAll(place)].length;
  const rest = rule.replace(place, '');
  if (places > 1 || /[{}]/.test(rest)) return nameRuleMessages.shape;
  if (places === 0 && count > 1) return nameRuleMessages.numberless;
  // The last has the most digits, so it is the longest.
  for (const number of [from, from + count - 1]) {
    const checked = nameSchema.safeParse(nameOf(rule, number));
    if (!checked.success) return checked.error.issues[0]?.message ?? nameRuleMessages.shape;
  }
  return undefined;
}

/** Of a rule that has no fault. */
export function namesByRule(rule: string, { count, from }: NameRuleOptions): string[] {
  return Array.from({ length: count }, (_, index) => nameOf(rule, from + index));
}

function nameOf(rule: string, number: number): string {
  return rule
    .normalize('NFC')
    .replace(place, (_, digits?: string) => String(number).padStart(Number(digits ?? 1), '0'));
}
