/** The built console in Chromium, against the mock, under the platform's Content-Security-Policy. */
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'console-browser',
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['e2e/build-once.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
  },
});
