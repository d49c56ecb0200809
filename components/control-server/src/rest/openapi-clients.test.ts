/** The document in the hands of programs that nobody here wrote: linters, generators with a strict compile, other validators. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentFile } from './write-openapi.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../../..');
const load = createRequire(import.meta.url);
const compilerOptions = [
  '--ignoreConfig',
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  'false',
  '--target',
  'es2022',
  '--lib',
  'es2022,dom',
];
const resolution = ['--module', 'preserve', '--moduleResolution', 'bundler', '--types', ''];

type Json = Record<string, unknown>;
const document = JSON.parse(await readFile(documentFile, 'utf8')) as Json & {
  components: { schemas: Record<string, Json> };
};

/** In the checkout, so that what the generated code imports is found. */
let directory = '';
beforeAll(async () => {
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true });
  directory = await mkdtemp(join(root, 'node_modules/.cache/openapi-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function compile(...files: string[]): Promise<void> {
  const tsc = resolve(root, 'node_modules/.bin/tsc');
  await run(tsc, [...compilerOptions, ...resolution, ...files], { cwd: directory }).catch(
    (error: { stdout: string }) => {
      throw new Error(error.stdout);
    },
  );
}

describe('linters find nothing', () => {
  it('redocly', async () => {
    const { BaseResolver, createConfig, lintDocument, Source } = await import('@redocly/openapi-core');
    const source = new Source(documentFile.pathname, JSON.stringify(document));
    const problems = await lintDocument({
      document: { source, parsed: document },
      config: await createConfig({ extends: ['recommended-strict'] }),
      externalRefResolver: new BaseResolver(),
    });
    expect(problems.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${at?.pointer}`)).toEqual([]);
  });

  it('spectral', async () => {
    const { Spectral, Document } = load('@stoplight/spectral-core') as typeof import('@stoplight/spectral-core');
    const { oas } = load('@stoplight/spectral-rulesets') as typeof import('@stoplight/spectral-rulesets');
    const { Json: parser } = load('@stoplight/spectral-parsers') as typeof import('@stoplight/spectral-parsers');
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [oas as never], rules: {} });
    const found = await spectral.run(new Document(JSON.stringify(document), parser));
    expect(found.map(({ code, message, path }) => `${code}: ${message} ${path.join('.')}`)).toEqual([]);
  });
});

describe('generators make code that compiles strictly', () => {
  it('openapi-typescript', async () => {
    const { default: generate, astToString } = await import('openapi-typescript');
    const types = astToString(await generate(JSON.stringify(document)));
    await writeFile(join(directory, 'types.ts'), types);
    await writeFile(
      join(directory, 'use.ts'),
      `import type { components, operations } from './types.ts';
const name: string = ({} as components['schemas']['Instance']).name;
type Sent = operations['sendUpload']['requestBody']['content'];
export const used: [string, keyof Sent] = [name, 'application/offset+octet-stream'];
`,
    );
    await compile('types.ts', 'use.ts', '--allowImportingTsExtensions');
  });

  it('openapi-typescript-codegen', async () => {
    const { generate } = load('openapi-typescript-codegen') as typeof import('openapi-typescript-codegen');
    await generate({
      input: structuredClone(document),
      output: join(directory, 'client'),
      httpClient: 'fetch' as never,
    });
    await compile('client/index.ts');
  });
});

describe('schemas', () => {
  const schemasIn = (value: unknown, found: Json[] = []): Json[] => {
    if (Array.isArray(value)) for (const item of value) schemasIn(item, found);
    else if (typeof value === 'object' && value !== null) {
      found.push(value as Json);
      for (const inner of Object.values(value)) schemasIn(inner, found);
    }
    return found;
  };

  it('hold no pattern that only JavaScript understands', () => {
    const patterns = schemasIn(document).flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : []));
    expect(patterns.length).toBeGreaterThan(0);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\[pPkuAzZ]|\(\?[<!=]|\(\?i/);
      expect(() => new RegExp(pattern)).not.toThrow();
    }
  });

  it('let an answer hold a field that this version does not know, and a request none', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'doc', ...document });
    const answers = ajv.getSchema('doc#/components/schemas/User');
    const user = {
      id: '018f0000-0000-7000-8000-00000000c001',
      username: 'ann',
      role: 'viewer',
      mustChangePassword: false,
    };
    const answer = { ...user, createdAt: '2026-01-01T00:00:00.000Z', shoeSize: 43 };
    expect(answers?.(answer), JSON.stringify(answers?.errors)).toBe(true);
    for (const schema of Object.values(document.components.schemas))
      expect(schemasIn(schema).filter(({ additionalProperties }) => additionalProperties === false)).toEqual([]);
    const request = ajv.getSchema('doc#/paths/~1api~1v1~1users/post/requestBody/content/application~1json/schema');
    expect(request?.({ username: 'ann', password: 'correct horse', role: 'viewer' })).toBe(true);
    expect(request?.({ username: 'ann', password: 'correct horse', role: 'viewer', shoeSize: 43 })).toBe(false);
  });
});
