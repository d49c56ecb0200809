import { expect, test } from 'vitest';
import { breachesOf, importsOf } from './layers.ts';

const rules = (path: string, text: string) => breachesOf({ path, text }).map((breach) => breach.rule);

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
