/**
 * `pg_dump | psql` into one open transaction: the copy can be checked through the same psql before commit, and any
 * failure or crash rolls it back.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { PlatformError } from '@zhiyun/kernel';
import type { ServerAddress } from '../connection/server-address.ts';
import type { PostgresClients } from './binaries.ts';
import { libpqEnvironment } from './libpq-environment.ts';

const dumpArguments = [
  '--no-password',
  '--no-owner',
  '--no-privileges',
  '--no-comments',
  '--no-tablespaces',
  '--quote-all-identifiers',
  '--lock-wait-timeout=10s',
];
const psqlArguments = ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
const endOfAnswer = '-- end of answer';

export class OpenCopy implements AsyncDisposable {
  readonly #clients: PostgresClients;
  readonly #signal: AbortSignal | undefined;
  readonly #psql: Program<Writable>;

  constructor(to: ServerAddress, clients: PostgresClients, signal?: AbortSignal) {
    this.#clients = clients;
    this.#signal = signal;
    const child = spawn(clients.psql, psqlArguments, {
      env: libpqEnvironment(to),
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
    });
    this.#psql = new Program('psql', child);
    // When psql dies its end tells why; what could not be written to it does not.
    child.stdin.on('error', () => {});
  }

  /** Copies; returns the bytes. Throws `database-unavailable` with the programs' output. */
  async fill(from: ServerAddress): Promise<number> {
    const { stdin } = this.#psql.child;
    const child = spawn(this.#clients.pgDump, dumpArguments, {
      env: libpqEnvironment(from),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: this.#signal,
    });
    const dump = new Program('pg_dump', child);
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    try {
      stdin.write('\\o /dev/null\nbegin;\n');
      child.stdout.pipe(stdin, { end: false });
      await Promise.race([dump.succeeded(), this.#psql.died()]);
      stdin.write('\\o\n');
      return bytes;
    } finally {
      await dump.end();
    }
  }

  /** Runs statements in the open transaction and returns the output lines. */
  async query(text: string): Promise<string[]> {
    const { child } = this.#psql;
    const answer = Promise.withResolvers<string[]>();
    let output = '';
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const lines = output.split('\n');
      const end = lines.indexOf(endOfAnswer);
      if (end >= 0) answer.resolve(lines.slice(0, end));
    };
    child.stdout.on('data', onData);
    child.stdin.write(`${text};\n\\echo ${endOfAnswer}\n`);
    try {
      return await Promise.race([answer.promise, this.#psql.died()]);
    } finally {
      child.stdout.off('data', onData);
    }
  }

  async commit(): Promise<void> {
    await this.query('commit');
    this.#psql.child.stdin.end();
    await this.#psql.succeeded();
  }

  /** Rolls back what was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#psql.end();
  }
}

/** A child process with its output and outcome. */
class Program<Input extends Writable | null> {
  readonly child: ChildProcessByStdio<Input, Readable, Readable>;
  readonly #name: string;
  /** `undefined`: exited successfully. */
  readonly #ended: Promise<PlatformError | undefined>;

  constructor(name: string, child: ChildProcessByStdio<Input, Readable, Readable>) {
    this.child = child;
    this.#name = name;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
    });
    const { promise, resolve } = Promise.withResolvers<PlatformError | undefined>();
    child.once('error', (error) => resolve(this.#failure(error.message)));
    child.once('close', (code, killer) => {
      resolve(code === 0 ? undefined : this.#failure(said.trim() || `it ended with ${killer ?? `code ${code}`}`));
    });
    this.#ended = promise;
  }

  async succeeded(): Promise<void> {
    const failure = await this.#ended;
    if (failure) throw failure;
  }

  /** Only ever rejects: when the program ends too early. */
  async died(): Promise<never> {
    throw (await this.#ended) ?? this.#failure('it ended too early');
  }

  async end(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.#ended;
  }

  #failure(why: string): PlatformError {
    return new PlatformError('database-unavailable', `Copying the database failed: ${this.#name} said: ${why}`);
  }
}
