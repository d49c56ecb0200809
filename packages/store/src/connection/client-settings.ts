/**
 * Settings of every connection. bigint and numeric are parsed as numbers: ours stay below 2^53. TCP keepalive ends an
 * idle connection to a vanished host after some 15 s; `StallGuard` handles connections that wait for an answer.
 */
import pg from 'pg';
import type { OpenSockets } from './open-sockets.ts';
import type { ServerAddress } from './server-address.ts';

const asNumber = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    asNumber.has(oid) ? Number : pg.types.getTypeParser(oid, format),
};

export function clientSettings(server: ServerAddress, sockets: OpenSockets): pg.ClientConfig {
  return {
    stream: () => sockets.open(),
    connectionString: server.url,
    types,
    application_name: 'zhiyun',
    connectionTimeoutMillis: 5_000,
    // A statement is sent without waiting for the answer to the one before it.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    // A statement that hangs must not hold its caller for ever. (COMMIT is no statement in this sense: see StallGuard.)
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  };
}

/** Destroys the socket without a goodbye, which would block for minutes on an unresponsive server. */
export function cutOff(client: pg.Client, reason?: string): void {
  client.connection.stream.destroy(reason === undefined ? undefined : new Error(`Connection terminated: ${reason}`));
}
