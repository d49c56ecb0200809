/** Test projects. `unit` needs nothing; `component` needs PostgreSQL; `system` needs a kernel we may change (root). */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,components,tools,benchmarks}/**/*.test.ts', 'sim/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.component.test.ts', 'components/web-terminal/**'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'component',
          include: ['{packages,components}/**/*.component.test.ts'],
          exclude: ['**/node_modules/**'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-postgres.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['system-tests/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
      'components/*/vitest.config.ts',
    ],
  },
});
