/** Catalog of what to copy: everything that belongs neither to the system nor to an extension. */
import type pg from 'pg';

export interface Relation {
  schema: string;
  name: string;
}

export interface Catalog {
  major: number;
  schema: string;
  tables: Relation[];
  sequences: Relation[];
  /** With their arguments, as `drop function` takes them. */
  functions: string[];
  extensions: string[];
}

/** A condition on `pg_class c` joined with `pg_namespace n`. */
export const isOurs = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')`;

export async function readCatalog(client: pg.Client): Promise<Catalog> {
  const { rows: facts } = await client.query<{ major: number; schema: string }>(
    `select current_setting('server_version_num')::integer / 10000 as major, coalesce(current_schema(), '') as schema`,
  );
  const { rows: relations } = await client.query<Relation & { kind: string }>(
    `select n.nspname as schema, c.relname as name, c.relkind as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'S') and ${isOurs} order by 1, 2`,
  );
  const { rows: extensions } = await client.query<{ name: string }>(
    `select extname as name from pg_extension where extname <> 'plpgsql' order by 1`,
  );
  const { rows: functions } = await client.query<{ name: string }>(
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = current_schema() and not exists (
      select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by 1`,
  );
  const { major = 0, schema = '' } = facts[0] ?? {};
  return {
    major,
    schema,
    tables: relations.filter(({ kind }) => kind === 'r'),
    sequences: relations.filter(({ kind }) => kind === 'S'),
    functions: functions.map(({ name }) => name),
    extensions: extensions.map(({ name }) => name),
  };
}
