/** `<home>/config.json` as it stands on disk, for those who change something in it. It may hold a password: for its owner only. */
import { readFile, rm } from 'node:fs/promises';
import { systemErrorCode, writeDurable } from '@zhiyun/kernel';

/** Undefined: there is no such file. */
export async function readConfigured(path: string): Promise<object | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as object;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined: there is to be no such file. */
export async function configure(path: string, config: object | undefined): Promise<void> {
  if (config) await writeDurable(path, `${JSON.stringify(config, null, 2)}\n`);
  else await rm(path, { force: true });
}

/** What was told on the command line once, so that it need not be told again. */
export async function keepOptions(path: string, told: Record<string, string | undefined>): Promise<void> {
  const present = await readConfigured(path);
  const kept: Record<string, unknown> = { ...present };
  for (const [name, value] of Object.entries(told)) if (value !== undefined) kept[name] = value;
  if (JSON.stringify(kept) !== JSON.stringify({ ...present })) await configure(path, kept);
}
