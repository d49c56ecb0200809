/** An earlier release as its users have it: its own sources, from the history of this checkout, with its own launcher. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './readme-commands.ts';
import { type Ended, run } from './run.ts';

/** The first release: what it has written, and says over links, is understood by every later one. */
export const firstRelease = 'aa48cd1';

export interface OldRelease extends AsyncDisposable {
  readonly tree: string;
}

/** Throws, with the mend, when the history does not reach so far. */
export async function checkOutOldRelease(commit: string): Promise<OldRelease> {
  await requireCommit(commit);
  const tree = await mkdtemp(join(tmpdir(), `zhiyun-${commit}-`));
  const remove = () => rm(tree, { recursive: true, force: true });
  try {
    await mustRun('sh', ['-c', `${gitCommand} archive ${commit} | tar -x -C "$0"`, tree]);
    await giveDependencies(tree);
    await symlink(join(checkout, '.runtime'), join(tree, '.runtime'));
    // The launcher builds its console otherwise: nobody looks at it here.
    const console_ = join(tree, 'components/web-terminal/dist');
    await mkdir(console_);
    await writeFile(join(console_, 'index.html'), '<!doctype html><title>Zhiyun</title>\n');
    return { tree, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The checkout may belong to somebody else than root, who runs these tests. */
const gitCommand = `git -c safe.directory='*' -C '${checkout}'`;

async function requireCommit(commit: string): Promise<void> {
  const { status, stderr } = await run('sh', ['-c', `${gitCommand} cat-file -e '${commit}^{commit}'`]);
  if (status === 0) return;
  throw new Error(
    `The history of this checkout does not hold ${commit}, the release whose home is brought up to date here (${stderr.trim()}). ` +
      'A shallow clone has too little of it: git fetch --unshallow',
  );
}

interface Lockfile {
  packages: Record<string, { version?: string; link?: boolean; optional?: boolean }>;
}

/** Those of this checkout where they are the same, else its own. */
async function giveDependencies(tree: string): Promise<void> {
  const theirs = await readLockfile(tree);
  const ours = await readLockfile(checkout);
  const others = Object.entries(theirs.packages).filter(
    ([path, { version, link }]) =>
      path.startsWith('node_modules/') && !link && ours.packages[path]?.version !== version,
  );
  if (others.length > 0) {
    await mustRun('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', tree]);
  } else {
    const [from, to] = [join(checkout, 'node_modules'), join(tree, 'node_modules')];
    await mkdir(join(to, '@zhiyun'), { recursive: true });
    for (const name of await readdir(from))
      if (name !== '@zhiyun' && !name.startsWith('.')) await symlink(join(from, name), join(to, name));
    // Its own packages, not ours.
    for (const [path, { link }] of Object.entries(theirs.packages)) {
      const resolved = link ? (theirs.packages[path] as { resolved?: string }).resolved : undefined;
      if (resolved) await symlink(join(tree, resolved), join(tree, path));
    }
  }
  // Tells its launcher that they are in place.
  const sum = (await mustRun('sh', ['-c', 'cksum <package-lock.json'], tree)).stdout.trim();
  await writeFile(join(tree, 'node_modules/.zhiyun-lockfile'), sum);
}

async function readLockfile(tree: string): Promise<Lockfile> {
  return JSON.parse(await readFile(join(tree, 'package-lock.json'), 'utf8')) as Lockfile;
}

async function mustRun(program: string, parameters: readonly string[], cwd?: string): Promise<Ended> {
  const ended = await run(program, parameters, { timeoutMs: 300_000, ...(cwd && { cwd }) });
  if (ended.status === 0) return ended;
  throw new Error(`${program} ${parameters.join(' ')}: ${ended.stderr}`);
}
