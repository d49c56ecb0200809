/**
 * The home directory: all state of the platform on this machine. Only root may list it; the traverse bit lets our
 * unprivileged processes (QEMU, PostgreSQL) reach their own directory.
 */
import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

export interface Home {
  /** Absolute. */
  readonly directory: string;
  /** Sockets and pid files; nothing here outlives a reboot. */
  readonly run: string;
  readonly log: string;
  /** A component's own folder; created on first use, 0711. */
  folder(name: string): Promise<string>;
}

async function make(directory: string, mode: number): Promise<void> {
  await mkdir(directory, { recursive: true, mode });
  await chmod(directory, mode);
}

export async function openHome(path: string): Promise<Home> {
  const directory = resolve(path);
  try {
    await make(directory, 0o711);
    const home: Home = {
      directory,
      run: join(directory, 'run'),
      log: join(directory, 'log'),
      async folder(name) {
        const folder = join(directory, name);
        await make(folder, 0o711);
        return folder;
      },
    };
    await make(home.run, 0o711);
    await make(home.log, 0o700);
    return home;
  } catch (error) {
    throw new PlatformError(
      'unavailable',
      `The home directory ${directory} cannot be used (${systemErrorCode(error) ?? 'failed'}). Choose another with --home, or make it writable for this user.`,
      { cause: error },
    );
  }
}
