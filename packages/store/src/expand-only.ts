/**
 * Checks the expand/contract rule of migrations: a release only adds, so that the release before keeps working on the
 * same database; a later one removes what nobody reads any more. See docs/guides/change-a-shape.md.
 */

interface Rule {
  breaks: RegExp;
  why: string;
  /** Exceptions that are no contraction. */
  unless?: (statement: string, text: string) => boolean;
}

const name = String.raw`(?:if (?:not )?exists )?"?([\w.]+)"?`;

const rules: readonly Rule[] = [
  { breaks: /\bdrop (table|view|column|function|trigger|sequence|type)\b/, why: 'drops what older releases use' },
  { breaks: /\brename\b/, why: 'renames what older releases use' },
  { breaks: /\balter (column )?"?\w+"? (set data )?type\b/, why: 'changes the type of a column' },
  { breaks: /\bset not null\b/, why: 'asks for a value that older releases do not write' },
  { breaks: /\bdrop default\b/, why: 'asks for a value that older releases do not write' },
  { breaks: /\b(delete from|truncate)\b/, why: 'deletes rows' },
  {
    breaks: /\badd column\b[^,;]*\bnot null\b/,
    why: 'adds a column that older releases do not write: give it a default',
    unless: (statement) =>
      addedColumns(statement).every((column) => !/\bnot null\b/.test(column) || /\b(default|generated)\b/.test(column)),
  },
  {
    breaks: /\bcreate unique index\b/,
    why: 'forbids what older releases may write',
    unless: (statement, text) => isMadeHere(/\bon "?([\w.]+)/.exec(statement)?.[1], text),
  },
  {
    breaks: /\badd (constraint|check|unique|primary key|foreign key)\b/,
    why: 'forbids what older releases may write',
    unless: (statement, text) =>
      isWidened(statement) || isMadeHere(/\balter table (?:only )?"?([\w.]+)/.exec(statement)?.[1], text),
  },
  {
    breaks: /\bdrop constraint\b/,
    why: 'drops what older releases may rely on',
    unless: isWidened,
  },
];

/** What in this SQL would break an older release; empty when nothing. */
export function contractions(sqlText: string): string[] {
  const text = withoutWords(sqlText).toLowerCase().replace(/\s+/g, ' ');
  return text
    .split(';')
    .flatMap((statement) =>
      rules
        .filter(({ breaks, unless }) => breaks.test(statement) && !unless?.(statement, text))
        .map(({ why }) => `«${statement.trim().slice(0, 120)}» ${why}`),
    );
}

/** Strips comments, strings and function bodies, whose contents must not match. */
function withoutWords(text: string): string {
  return text
    .replace(/(\$\w*\$)[\s\S]*?\1/g, "''")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/--[^\n]*/g, ' ')
    .replace(/\/\*[\s\S]*?\*\//g, ' ');
}

function addedColumns(statement: string): string[] {
  return statement.split(/\badd column\b/).slice(1);
}

function isMadeHere(table: string | undefined, text: string): boolean {
  return (
    table !== undefined &&
    [...text.matchAll(new RegExp(`\\bcreate table ${name}`, 'g'))].some(([, made]) => made === table)
  );
}

/** A dropped constraint that is added again with more allowed values is an expansion. */
function isWidened(statement: string): boolean {
  const named = (verb: string) =>
    [...statement.matchAll(new RegExp(`\\b${verb} constraint ${name}`, 'g'))].map(([, one]) => one);
  const [dropped, added] = [named('drop'), named('add')];
  return (
    dropped.length > 0 &&
    added.length > 0 &&
    [...dropped, ...added].every((one) => dropped.includes(one) && added.includes(one))
  );
}
