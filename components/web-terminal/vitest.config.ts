/** The quick tests of the console: no browser, no build. The browser's are in vitest.browser.config.ts. */
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'console',
    include: ['{src,mock-api,tools}/**/*.test.{ts,tsx}'],
    environment: 'node',
  },
});
