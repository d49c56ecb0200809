/**
 * Fingerprint to compare two databases: per table the row count and an order-independent checksum, plus sequences,
 * columns and indexes. The same query text on both sides.
 */
import pg from 'pg';
import { type Catalog, isOurs, type Relation } from './catalog.ts';

/** One line of the comparison. */
export interface Fingerprint {
  name: string;
  rows: number;
  checksum: string;
}

/** Settings that affect a row's text form. */
export const fingerprintSettings = `set local statement_timeout = 0; set local search_path = ''; set local timezone = 'UTC';
  set local datestyle = 'ISO, MDY'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1;
  set local bytea_output = 'hex'`;

/** Answers a `Fingerprint` as JSON text per row. */
export function fingerprintQuery({ tables, sequences }: Catalog): string {
  const parts = [...tables.map(ofTable), ...sequences.map(ofSequence), ofColumns, ofIndexes];
  return `select pg_catalog.row_to_json(f)::text as line from (${parts.join('\n union all ')}) f order by f.name`;
}

export function parseFingerprint(line: string): Fingerprint {
  return JSON.parse(line) as Fingerprint;
}

/** Readable differences; empty when equal. */
export function differences(source: readonly string[], target: readonly string[]): string[] {
  const found = new Map(target.map((line) => [parseFingerprint(line).name, line]));
  return source.flatMap((line) => {
    const { name, rows } = parseFingerprint(line);
    const other = found.get(name);
    if (other === line) return [];
    if (other === undefined) return [`${name} is missing`];
    const { rows: otherRows } = parseFingerprint(other);
    return [rows === otherRows ? `${name} has other contents` : `${name} has ${otherRows} instead of ${rows}`];
  });
}

const qualified = ({ schema, name }: Relation) => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
const nameOf = ({ schema, name }: Relation) => pg.escapeLiteral(`${schema}.${name}`);
const sumOf = (text: string) => `coalesce(sum(pg_catalog.hashtextextended(${text}, 0)::numeric), 0)::text`;

function ofTable(table: Relation): string {
  return `select ${nameOf(table)} as name, count(*) as rows, ${sumOf('whole_row::text')} as checksum
    from only ${qualified(table)} whole_row`;
}

function ofSequence(sequence: Relation): string {
  return `select ${nameOf(sequence)}, last_value, is_called::text from ${qualified(sequence)}`;
}

const relations = 'pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace';
const columnText = `pg_catalog.concat_ws(' ', n.nspname, c.relname, a.attname,
  pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull)`;
const ofColumns = `select 'the columns', count(*), ${sumOf(columnText)}
  from ${relations} join pg_catalog.pg_attribute a on a.attrelid = c.oid
  where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and ${isOurs}`;
const ofIndexes = `select 'the indexes', count(*), ${sumOf("pg_catalog.concat_ws(' ', n.nspname, c.relname, i.indisunique)")}
  from ${relations} join pg_catalog.pg_index i on i.indexrelid = c.oid where ${isOurs}`;
