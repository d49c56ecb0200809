/** Preflight check of a move's target, before anything is stopped or copied. */
import { PlatformError } from '@zhiyun/kernel';
import type pg from 'pg';
import { type Catalog, isOurs } from './catalog.ts';

interface TargetFacts {
  major: number;
  encoding: string;
  database: string;
  account: string;
  schema: string | null;
  may_create: boolean;
  may_extend: boolean;
  relations: string[];
  missing_extensions: string[];
  new_extensions: string[];
}

/** Returns the extensions that the move will create there. Throws `wrong-state` with the mend. */
export async function checkTarget(client: pg.Client, source: Catalog): Promise<{ newExtensions: string[] }> {
  const { rows } = await client.query<TargetFacts>(factsQuery, [JSON.stringify(source.extensions)]);
  const [facts] = rows;
  if (!facts) throw new Error('the target answered nothing about itself');
  const where = `The target database "${facts.database}"`;
  const wrong = (detail: string) => new PlatformError('wrong-state', `${where} ${detail}`);
  if (facts.major < source.major)
    throw wrong(
      `is PostgreSQL ${facts.major}, older than the present one (${source.major}); use that version or later.`,
    );
  if (facts.encoding !== 'UTF8')
    throw wrong(`is encoded in ${facts.encoding}; make one with: create database … encoding 'UTF8' template template0`);
  if (facts.schema !== source.schema)
    throw wrong(
      `leads to the schema "${facts.schema ?? ''}", the present one to "${source.schema}"; set its search_path.`,
    );
  if (facts.relations.length > 0)
    throw wrong(
      `is not empty: schema "${facts.schema}" holds ${facts.relations.slice(0, 3).join(', ')}${facts.relations.length > 3 ? ', …' : ''}. Give an empty database.`,
    );
  if (!facts.may_create)
    throw wrong(
      `does not let "${facts.account}" create tables. As its owner: grant create on schema ${facts.schema} to "${facts.account}"`,
    );
  if (facts.missing_extensions.length > 0)
    throw wrong(
      `cannot have the extension ${facts.missing_extensions.join(', ')}. On Debian: apt-get install postgresql-contrib on its server.`,
    );
  if (facts.new_extensions.length > 0 && !facts.may_extend)
    throw wrong(
      `does not let "${facts.account}" create extensions. As its owner: create extension ${facts.new_extensions.join('; create extension ')}`,
    );
  return { newExtensions: facts.new_extensions };
}

const factsQuery = `with wanted as (select jsonb_array_elements_text($1::jsonb) as name)
  select current_setting('server_version_num')::integer / 10000 as major,
    current_setting('server_encoding') as encoding, current_database() as database, current_user as account,
    current_schema() as schema, coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
    has_database_privilege(current_database(), 'create') as may_extend,
    (select coalesce(jsonb_agg(c.relname order by c.relname), '[]') from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${isOurs}) as relations,
    (select coalesce(jsonb_agg(name), '[]') from wanted
      where name not in (select name from pg_available_extensions)) as missing_extensions,
    (select coalesce(jsonb_agg(name), '[]') from wanted
      where name not in (select extname from pg_extension)) as new_extensions`;
