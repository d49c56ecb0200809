/**
 * Versioned persistent shapes. Stored values carry `version`; without it they are version 1 (the first release). A
 * reader upgrades older versions step by step and refuses newer ones by name, as they are not damaged. See
 * docs/guides/change-a-shape.md.
 */
import { type Sentence, say } from '@zhiyun/contracts';
import { PlatformError } from './errors.ts';

export interface Versioned<T> {
  /** The one that is written now. */
  readonly version: number;
  /** Reads any version up to the present one. Throws `NewerVersion`, or what the schema throws. */
  parse(kept: unknown): T;
  /** The same where the version lies beside the value, as in a column. */
  parseAs(version: number, value: unknown): T;
  /** As it is to be kept. */
  stamp(value: T): unknown;
}

/** From a value of one version to the next. It was valid then; what it says is otherwise unknown. */
export type Upgrade = (older: never) => unknown;

export interface VersionedOptions<T> {
  /** For people: «ledger entry». */
  what: Sentence;
  /** Of the present version. */
  schema: { parse(value: unknown): T };
  /** The first one leads from version 1 to 2, and so on: the present version is one more than there are upgrades. */
  upgrades?: readonly Upgrade[];
}

/** Written by a newer release: to be left exactly as it is. */
export class NewerVersion extends PlatformError {
  readonly #facts: { what: Sentence; found: number; known: number };

  constructor(what: Sentence, found: number, known: number) {
    super('newer-version', say('version.newer', { what, found, known }));
    this.name = 'NewerVersion';
    this.#facts = { what, found, known };
  }

  /** The same, saying where. */
  in(path: string): PlatformError {
    return new PlatformError(this.code, say('version.newer-file', { path, ...this.#facts }), { cause: this });
  }
}

export function versioned<T>({ what, schema, upgrades = [] }: VersionedOptions<T>): Versioned<T> {
  const current = upgrades.length + 1;

  function parseAs(version: number, value: unknown): T {
    if (version > current) throw new NewerVersion(what, version, current);
    return schema.parse(
      upgrades.slice(version - 1).reduce<unknown>((older, upgrade) => upgrade(older as never), value),
    );
  }

  return {
    version: current,
    parseAs,
    parse(kept) {
      const { version, value } = taken(kept);
      return parseAs(version, value);
    },
    stamp: (value) => (isRecord(value) ? { version: current, ...value } : value),
  };
}

/** The version, and the value without it. */
function taken(kept: unknown): { version: number; value: unknown } {
  if (!isRecord(kept)) return { version: 1, value: kept };
  const { version = 1, ...value } = kept;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw new Error(`its version is ${JSON.stringify(version)}, which is no version`);
  return { version, value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
