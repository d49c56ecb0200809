/**
 * Passes an address to PostgreSQL's programs in their environment, which only we and root can read, never in arguments,
 * which everybody can.
 */
import pg from 'pg';
import type { ServerAddress } from '../connection/server-address.ts';

/** libpq environment variables for a URL's query parameters. */
const passedOn = {
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  options: 'PGOPTIONS',
};

export function libpqEnvironment(server: ServerAddress): NodeJS.ProcessEnv {
  const { host, port, user, database, password } = new pg.Client({ connectionString: server.url });
  const query = new URL(server.url).searchParams;
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LC_ALL: 'C',
    PGAPPNAME: 'zhiyun',
    PGCONNECT_TIMEOUT: '5',
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
  };
  if (password) environment.PGPASSWORD = password;
  const sslMode = query.get('sslmode') ?? (query.get('ssl') === 'true' ? 'require' : undefined);
  // The driver's own word; libpq's `require` does not verify either.
  if (sslMode !== undefined) environment.PGSSLMODE = sslMode === 'no-verify' ? 'require' : sslMode;
  for (const [name, variable] of Object.entries(passedOn)) {
    const value = query.get(name);
    if (value !== null) environment[variable] = value;
  }
  return environment;
}
