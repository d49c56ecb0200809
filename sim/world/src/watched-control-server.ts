/**
 * The Control Server in a process of its own that `node --watch` starts again when a file it has loaded changes. Everything else of the
 * world lives on: the database, the links of others, and what runs on the nodes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@zhiyun/testkit';
import type { ControlServerPlace } from './control-server-place.ts';

/** Resolves when it answers for the first time. */
export async function startWatchedControlServer(place: ControlServerPlace): Promise<() => Promise<void>> {
  const file = join(place.home, 'control-server-place.json');
  await mkdir(place.home, { recursive: true });
  await writeFile(file, JSON.stringify(place), { mode: 0o600 });
  const program = join(import.meta.dirname, 'control-server-process.ts');
  const parameters = ['--watch', '--watch-preserve-output', program, file];
  // A process group of its own: Ctrl-C in a terminal goes to the whole group, and the world ends its parts in order.
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  try {
    await waitFor(() => place.isThere(), { timeoutMs: 60_000, describe: 'the Control Server' });
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
