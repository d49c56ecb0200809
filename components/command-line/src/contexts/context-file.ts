/** Contexts as they are kept: one file, 0600, in the user's own directory; written whole or not at all. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDirectory } from '../config.ts';
import { CommandError } from '../output.ts';
import { said } from '../words/said.ts';
import type { Context, Contexts } from './contexts.ts';

/** `current` and `contexts` by name. A newer version is refused, not misread. */
const version = 1;
const file = join(configDirectory, 'contexts.json');
/** What was kept before there were contexts: one session. */
const formerFile = join(configDirectory, 'session.json');

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const optionalText = (value: unknown) => (typeof value === 'string' ? value : undefined);

function readContext(value: unknown): Context | undefined {
  if (!isObject(value)) return undefined;
  const { url, token, username } = value;
  if (typeof url !== 'string' || typeof token !== 'string' || typeof username !== 'string' || !URL.canParse(url))
    return undefined;
  return {
    url,
    token,
    username,
    caCertificate: optionalText(value.caCertificate),
    home: optionalText(value.home),
    expiresAt: optionalText(value.expiresAt),
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Absent or unreadable: the same as not signed in.
    return undefined;
  }
}

export function loadContexts(): Contexts {
  const kept = readJson(file);
  if (isObject(kept)) {
    if (typeof kept.version === 'number' && kept.version > version)
      throw new CommandError(said.newerContexts(file, kept.version));
    const byName: Record<string, Context> = {};
    for (const [name, value] of Object.entries(isObject(kept.contexts) ? kept.contexts : {})) {
      const context = readContext(value);
      if (context) byName[name] = context;
    }
    return { current: optionalText(kept.current), byName };
  }
  const former = readContext(readJson(formerFile));
  if (!former) return { current: undefined, byName: {} };
  const name = new URL(former.url).host;
  return { current: name, byName: { [name]: former } };
}

export function saveContexts({ current, byName }: Contexts): void {
  mkdirSync(configDirectory, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  rmSync(unfinished, { force: true });
  const text = `${JSON.stringify({ version, current, contexts: byName }, null, 2)}\n`;
  writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, file);
  rmSync(formerFile, { force: true });
}
