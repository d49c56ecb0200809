/** Commands of the host as they are typed, in a home of their own that is gone afterwards. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const main = resolve(import.meta.dirname, '../main.ts');

export interface Typed {
  code: number | null;
  out: string;
  err: string;
}

/** Until it ends. `seen` is called with its pid while it runs. */
export async function typed(
  words: readonly string[],
  { input = '', seen }: { input?: string; seen?: (pid: number) => Promise<void> } = {},
): Promise<Typed> {
  const child = spawn(process.execPath, [main, ...words], { stdio: 'pipe' });
  const { promise, resolve: done } = Promise.withResolvers<number | null>();
  child.once('close', done);
  child.stdin.on('error', () => {}).end(input);
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  await seen?.(child.pid ?? 0);
  const [out, err] = await output;
  return { code: await promise, out, err };
}

export interface TestHome extends AsyncDisposable {
  /** Does not exist yet. */
  readonly home: string;
  /** With `--home`. */
  zhiyun(command: string, ...words: string[]): Promise<Typed>;
}

/** `depth`: how long the path of the home is at least. */
export async function testHome(depth = 0): Promise<TestHome> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-host-'));
  // The database gives up root and must still reach its files.
  await chmod(directory, 0o711);
  const home = join(directory, 'h'.repeat(Math.max(1, depth - directory.length - 1)));
  const zhiyun = (command: string, ...words: string[]) => typed([command, '--home', home, ...words]);
  return {
    home,
    zhiyun,
    async [Symbol.asyncDispose]() {
      await zhiyun('down');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where a process listens by TCP: addresses as the kernel writes them, hexadecimal. */
export async function listeningOf(pid: number): Promise<string[]> {
  const fds = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const inodes = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')));
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === '0A' && inodes.has(inode) ? [local.split(':')[0] ?? ''] : [];
    }),
  );
}
