/**
 * Test projects. `unit` needs nothing; `component` needs PostgreSQL; `proof` too, and kills processes at every step of every
 * transaction; `system` needs a kernel we may change (root). The console has projects of its own.
 */
import { defineConfig } from 'vitest/config';

/** Limits for what hangs, wide enough for a busy machine; no test measures time by them. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,components,tools,benchmarks}/**/*.test.ts', 'sim/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{component,proof}.test.ts', 'components/web-terminal/**'],
          environment: 'node',
          ...patience,
        },
      },
      {
        test: {
          name: 'component',
          include: ['{packages,components}/**/*.component.test.ts'],
          exclude: ['**/node_modules/**'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-postgres.ts'],
          ...patience,
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
        },
      },
      {
        test: {
          name: 'system',
          include: ['system-tests/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          ...patience,
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
      'components/*/vitest*.config.ts',
    ],
  },
});
