/**
 * Starts other programs, from this process or through a small helper (`helper-starter.ts`). A fork copies the page
 * tables and blocks the only thread meanwhile, so a big process should not fork.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ProcessExit } from '../hypervisor/qemu/machine-end.ts';

export interface CommandResult {
  /** Null: ended by a signal. */
  status: number | null;
  signal: string | null;
  output: string;
  complaint: string;
}

export interface DetachedProgram {
  program: string;
  parameters: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Null: as we are. */
  user: { uid: number; gid: number } | null;
  /** Its standard output and error, begun anew with `logHeader`. */
  logPath: string;
  logHeader: string;
}

export interface StartedProgram {
  pid: number;
  /** Resolves with null when nobody is left who could know how it ended; it may still run then. */
  exit: Promise<ProcessExit | null>;
}

export interface ProcessStarter {
  /** Runs a program to its end with `input` on its standard input. Rejects only when it cannot be started. */
  run(
    command: string,
    args: readonly string[],
    environment: Record<string, string>,
    input: string,
  ): Promise<CommandResult>;
  /** In a session of its own, so that it outlives us. Rejects when it cannot be started. */
  startDetached(program: DetachedProgram): Promise<StartedProgram>;
}

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  input: string,
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const child = spawn(command, args, { env });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.on('error', reject);
  child.on('close', (status, signal) => resolve({ status, signal, output, complaint }));
  // A tool that dies early closes its input; its status tells the story.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return promise;
}

async function startDetached({
  program,
  parameters,
  environment,
  user,
  logPath,
  logHeader,
}: DetachedProgram): Promise<StartedProgram> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW } = constants;
  await using log = await open(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o640);
  await log.write(logHeader);
  const child = spawnPrivately(program, parameters, {
    detached: true,
    cwd: '/',
    env: environment,
    stdio: ['ignore', log.fd, log.fd],
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  const { promise: exit, resolve } = Promise.withResolvers<ProcessExit>();
  const { promise: started, resolve: hasStarted, reject } = Promise.withResolvers<void>();
  child.once('spawn', hasStarted);
  child.once('error', reject);
  child.once('exit', (code, signal) => resolve({ code, signal }));
  child.unref();
  await started;
  return { pid: child.pid ?? 0, exit };
}

/** Sockets of the program get their permissions from the umask it inherits; ours is changed only while it is made. */
function spawnPrivately(program: string, parameters: readonly string[], options: SpawnOptions) {
  const before = process.umask(0o077);
  try {
    return spawn(program, parameters, options);
  } finally {
    process.umask(before);
  }
}

export const directStarter: ProcessStarter = { run, startDetached };
