/** Counts the tests of one Vitest run into a file, names those that failed, and prints each skipped test; one without a good reason has failed. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Counts } from './check.ts';
import { skipFault } from './skip-excuse.ts';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: Counts = {
      passed: 0,
      failed: unhandledErrors.length,
      skipped: 0,
      failures: unhandledErrors.map(briefly),
    };
    for (const module of modules) {
      // A file that could not even be loaded holds no test, and is a failure all the same.
      if (module.errors().length > 0) {
        counts.failed++;
        counts.failures.push(`${module.relativeModuleId}: ${briefly(module.errors()[0])}`);
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed++;
        else if (result.state === 'failed') {
          counts.failed++;
          counts.failures.push(`${module.relativeModuleId} > ${test.fullName}: ${briefly(result.errors[0])}`);
        } else {
          counts.skipped++;
          const note = 'note' in result ? result.note : undefined;
          const said = `${module.relativeModuleId} > ${test.fullName}`;
          console.log(`skipped: ${said}${note ? `: ${note}` : ''}`);
          const fault = skipFault(test.fullName, note);
          if (fault === undefined) continue;
          counts.failed++;
          counts.failures.push(`${said} ${fault}`);
        }
      }
    }
    const file = process.env.ZHIYUN_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }
}

/** The first lines of what was thrown: enough to know which failure it was. */
function briefly(error: unknown): string {
  const message = error instanceof Object && 'message' in error ? String(error.message) : String(error);
  return message.split('\n').slice(0, 6).join('\n    ');
}
