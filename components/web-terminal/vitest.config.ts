/** The quick tests of the console: no browser, no build. The browser's are in vitest.browser.config.ts. */
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'console',
    include: ['{src,mock-api,tools}/**/*.test.{ts,tsx}'],
    environment: 'node',
    // Limits for what hangs, wide enough for a busy machine.
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
