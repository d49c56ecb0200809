import { expect, test } from 'vitest';
import { fileBreaches } from './file-breaches.ts';
import { importCycles } from './import-cycles.ts';
import { importsOf } from './imports.ts';
import { undeclaredDependencies } from './undeclared-dependencies.ts';

const rules = (path: string, text: string) => fileBreaches({ path, text }).map((breach) => breach.rule);

test('every form of import is seen', () => {
  const text =
    "import a from 'a';\nimport {\n  b,\n} from 'b';\nexport * from 'c';\nimport 'd';\nconst e = await import('e');\n";
  expect(
    importsOf(text)
      .map(({ specifier }) => specifier)
      .sort(),
  ).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a component may not import another component', () => {
  expect(rules('components/control-server/src/x.ts', "import { y } from '@zhiyun/node-client';")).toHaveLength(1);
  expect(rules('components/all-in-one/src/x.ts', "import { y } from '@zhiyun/node-client';")).toEqual([]);
});

test('a library may not look up', () => {
  expect(rules('packages/kernel/src/x.ts', "import { y } from '@zhiyun/store';")).toHaveLength(1);
  expect(rules('packages/transaction/src/x.ts', "import { y } from '@zhiyun/store';")).toEqual([]);
});

test('the console knows contracts only', () => {
  expect(rules('components/web-terminal/src/x.tsx', "import { y } from '@zhiyun/kernel';")).toHaveLength(1);
});

test('a relative path may not leave the package', () => {
  expect(rules('components/control-server/src/x.ts', "import { y } from '../../node-client/src/y.ts';")).toHaveLength(
    1,
  );
});

test('processes and the environment have their places', () => {
  expect(rules('components/control-server/src/x.ts', "import { spawn } from 'node:child_process';")).toHaveLength(1);
  expect(rules('components/control-server/src/x.ts', 'const x = process.env.HOME;')).toHaveLength(1);
  expect(rules('components/control-server/src/config.ts', 'const x = process.env.HOME;')).toEqual([]);
});

test('a component imports what its row allows: who runs guests does not know the database', () => {
  const text = "import { openStore } from '@zhiyun/store';";
  expect(rules('components/node-client/src/x.ts', text)).toHaveLength(1);
  expect(rules('components/http-gateway/src/x.ts', text)).toHaveLength(1);
  expect(rules('components/control-server/src/x.ts', text)).toEqual([]);
  expect(rules('components/unheard-of/src/x.ts', text)).toHaveLength(1);
});

test('tests may import the testkit, those in a browser the simulated platform, and no product file either', () => {
  const [testkit, world] = ["import '@zhiyun/testkit';", "import '@zhiyun/sim-world';"];
  expect(rules('components/node-client/src/x.test.ts', testkit)).toEqual([]);
  expect(rules('components/node-client/src/x.ts', testkit)).toHaveLength(1);
  expect(rules('components/web-terminal/e2e/x.test.ts', world)).toEqual([]);
  expect(rules('components/web-terminal/src/x.test.ts', world)).toHaveLength(1);
});

test('a folder imports from lower ones and its own group, unless only when it is needed', () => {
  const up = "import { x } from '../image/x.ts';";
  expect(rules('components/control-server/src/rest/x.ts', up)).toHaveLength(1);
  expect(rules('components/control-server/src/rest/x.test.ts', up)).toEqual([]);
  expect(rules('components/control-server/src/image/x.ts', "import { x } from '../rest/x.ts';")).toEqual([]);
  expect(rules('components/control-server/src/new-kind/x.ts', up)).toEqual([]);
  expect(rules('components/control-server/src/rest/x.ts', "import { x } from '../new-kind/x.ts';")).toHaveLength(1);
  expect(rules('components/web-terminal/src/app/x.ts', "import { x } from '../pages/x.ts';")).toHaveLength(1);
  expect(rules('components/web-terminal/src/app/x.ts', "import { x } from '../pages/nodes/queries.ts';")).toEqual([]);
  expect(rules('components/web-terminal/src/app/x.ts', "const x = await import('../pages/x.ts');")).toEqual([]);
});

test('a file of rows does not know who asks for them', () => {
  expect(
    rules('components/control-server/src/image/image-store.ts', "import { x } from './image-handlers.ts';"),
  ).toHaveLength(1);
  expect(
    rules('components/control-server/src/image/image-store.ts', "import { x } from './transactions/x.ts';"),
  ).toHaveLength(1);
  expect(
    rules('components/control-server/src/image/image-handlers.ts', "import { x } from './image-store.ts';"),
  ).toEqual([]);
});

test('imports in a circle are found, but for those of types', () => {
  const file = (path: string, text: string) => ({ path: `packages/kernel/src/${path}`, text });
  const a = file('a.ts', "import { b } from './b.ts';");
  const b = file('b.ts', "import { c } from './c.ts';");
  const circle = importCycles([a, b, file('c.ts', "import { a } from './a.ts';")]);
  expect(circle.map(({ rule }) => rule)).toEqual([
    'imports in a circle: packages/kernel/src/a.ts → packages/kernel/src/b.ts → packages/kernel/src/c.ts → packages/kernel/src/a.ts',
  ]);
  expect(importCycles([a, b, file('c.ts', "import type { A } from './a.ts';")])).toEqual([]);
  expect(importCycles([a, b, file('c.ts', "import { type A } from './a.ts';")])).toEqual([]);
});

test('what is imported is declared: by the workspace, or for tests by the house', () => {
  const manifests = {
    'packages/kernel': { name: '@zhiyun/kernel', dependencies: { zod: '4' }, devDependencies: { ws: '8' } },
    '': { name: 'zhiyun', devDependencies: { vitest: '5' } },
  };
  const undeclared = (path: string, text: string) =>
    undeclaredDependencies([{ path, text }], (workspace) => manifests[workspace as keyof typeof manifests]).length;
  expect(
    undeclared('packages/kernel/src/x.ts', "import { z } from 'zod/v4';\nimport { once } from 'node:events';"),
  ).toBe(0);
  expect(undeclared('packages/kernel/src/x.ts', "import { sql } from 'kysely';")).toBe(1);
  expect(undeclared('packages/kernel/src/x.ts', "import { WebSocket } from 'ws';")).toBe(1);
  expect(undeclared('packages/kernel/src/x.test.ts', "import { WebSocket } from 'ws';\nimport 'vitest';")).toBe(0);
  expect(undeclared('packages/kernel/src/x.ts', "import 'vitest';")).toBe(1);
});
