/**
 * Test projects. `unit` needs nothing; `component` needs PostgreSQL; `proof` too, and kills processes at every step of every
 * transaction; `system` needs a kernel we may change (root). `console` are the quick tests of the console; those in a browser
 * have a file of their own beside it.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Limits for what hangs, wide enough for a busy machine; no test measures time by them. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

/**
 * For the many quick ones. They wait more than they compute: two for each core, as far as one PostgreSQL has connections.
 * A worker keeps what it has loaded: half of the time of most files is their imports, and none changes a module's state.
 */
const quick = { ...patience, maxWorkers: Math.min(2 * availableParallelism(), 8), isolate: false };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,components,tools,benchmarks}/**/*.test.ts', 'sim/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{component,proof}.test.ts', 'components/web-terminal/**'],
          environment: 'node',
          ...quick,
        },
      },
      {
        test: {
          name: 'component',
          include: ['{packages,components,sim}/**/*.component.test.ts'],
          exclude: ['**/node_modules/**'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-postgres.ts'],
          ...quick,
        },
      },
      {
        test: {
          name: 'proof',
          include: ['{packages,components}/**/*.proof.test.ts'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-postgres.ts'],
          ...patience,
          testTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'system',
          include: ['system-tests/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-cgroups.ts'],
          fileParallelism: false,
          ...patience,
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
      {
        root: 'components/web-terminal',
        test: {
          name: 'console',
          include: ['{src,tools}/**/*.test.{ts,tsx}'],
          environment: 'node',
          ...quick,
        },
      },
      'components/web-terminal/vitest.browser.config.ts',
    ],
  },
});
