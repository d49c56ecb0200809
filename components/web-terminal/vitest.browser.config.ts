/** The built console in Chromium, as the gateway of a whole platform on simulated machines serves it. */
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'console-browser',
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['e2e/build-once.ts', '../../packages/testkit/src/global-postgres.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
  },
});
