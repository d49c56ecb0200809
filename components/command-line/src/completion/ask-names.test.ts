import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { operation, page } from '../testing/samples.ts';

test('for a retry what can be retried is offered: what is stuck, and operations that have failed in part', async () => {
  const { out, asked } = await runCli(['__complete', '--', 'operation', 'retry', ''], ({ call }) => {
    if (call.includes('state=stuck')) return page(operation('image.move', 'debian', 'stuck'));
    if (!call.includes('state=failed')) return page();
    const parent = { ...operation('instance.create-batch', 'web', 'failed'), retryable: true };
    return page(parent, { ...operation('instance.start', 'alone', 'failed'), retryable: false });
  });
  expect(out).toContain('op-debian');
  expect(out).toContain('op-web');
  expect(out).not.toContain('op-alone');
  expect(asked.every(({ call }) => call.startsWith('GET /operations?'))).toBe(true);
});
