/**
 * Makes `components/command-line/dist/main.cjs`: the CLI as few small files that start in a third of the time of its sources. Two things
 * are left out of them: the schemas of requests and answers (the server checks both; making them takes longer than a request), and the
 * catalogue of sentences, which is loaded where one is to be said in another language than English. Run by the launcher when a source is
 * newer.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Plugin, type RolldownOutput, rolldown } from 'rolldown';

const root = resolve(import.meta.dirname, '../..');
const component = join(root, 'components/command-line');
const target = join(component, 'dist');
/** The names of all files that went in, for the launcher. */
const inputsFile = 'inputs';

const external = ['ws', 'tus-js-client', '@zhiyun/guest-image'];
const sentences = '@zhiyun/contracts/sentences';
/**
 * In the place of Zod: whatever is asked of it is a hollow schema again. One that is to check something throws, so that nobody takes
 * what was not checked for good.
 */
const hollowSchemas: Plugin = {
  name: 'hollow-schemas',
  resolveId: { filter: { id: /^zod$/ }, handler: () => '\0hollow-schemas' },
  load: {
    filter: { id: /^\0hollow-schemas$/ },
    handler: () => `
const refused = /^(parse|safeParse|parseAsync|safeParseAsync|decode|encode|toJSONSchema)$/;
const hollow = new Proxy(() => {}, {
  apply: () => hollow,
  get: (_, key) => {
    if (typeof key === 'symbol' || refused.test(key)) throw new Error('The bundled CLI has no schemas: ' + String(key));
    return hollow;
  },
});
export const z = hollow;`,
  },
};

/** The library for commands can start programs as commands; we have none, and loading what starts them takes time. */
const noPrograms: Plugin = {
  name: 'no-programs',
  resolveId: { filter: { id: /^node:child_process$/ }, handler: () => '\0no-programs' },
  load: { filter: { id: /^\0no-programs$/ }, handler: () => 'export default {};' },
};

async function build(
  input: Record<string, string>,
  directory: string,
  plugins: Plugin[] = [],
): Promise<RolldownOutput> {
  await using bundle = await rolldown({
    input,
    plugins,
    platform: 'node',
    external: (id) => external.includes(id) || id === './sentences.cjs',
    treeshake: { moduleSideEffects: false },
  });
  return await bundle.write({
    dir: directory,
    format: 'cjs',
    codeSplitting: false,
    minify: 'dce-only',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  });
}

const sentencesApart: Plugin = {
  name: 'sentences-apart',
  resolveId: {
    filter: { id: new RegExp(`^${sentences}$`) },
    handler: () => ({ id: './sentences.cjs', external: true }),
  },
};

/** Files that went in, from the root; what npm brought changes with its lock file only. */
function inputsOf(outputs: readonly RolldownOutput[]): string[] {
  const modules = outputs.flatMap(({ output }) =>
    output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])),
  );
  const own = modules.filter((id) => !id.includes('node_modules') && existsSync(id)).map((id) => relative(root, id));
  const builders = ['package-lock.json', relative(root, import.meta.filename)];
  return [...new Set([...own, ...builders])].sort();
}

const day = 24 * 3600 * 1000;

/** Chunks of former builds may still be wanted by a CLI that runs; for a day they stay. */
async function sweep(keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(target)) {
    const path = join(target, name);
    if (!keep.has(name) && Date.now() - (await stat(path)).mtimeMs > day) await rm(path, { recursive: true });
  }
}

export async function bundleCli(): Promise<void> {
  await mkdir(target, { recursive: true });
  // Whoever runs the CLI meanwhile finds the former files or the new ones, never half of them.
  const unfinished = await mkdtemp(join(target, 'unfinished-'));
  try {
    const main = await build({ main: join(component, 'src/main.ts') }, unfinished, [
      hollowSchemas,
      noPrograms,
      sentencesApart,
    ]);
    const words = await build({ sentences: join(root, 'packages/contracts/src/sentences/index.ts') }, unfinished);
    await writeFile(join(unfinished, inputsFile), `${inputsOf([main, words]).join('\n')}\n`);
    const made = await readdir(unfinished);
    const last = ['main.cjs', inputsFile];
    for (const name of [...made.filter((each) => !last.includes(each)), ...last.toReversed()])
      await rename(join(unfinished, name), join(target, name));
    await sweep(new Set(made));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

if (import.meta.main) await bundleCli();
