/**
 * The simulation of many nodes, in small: that it runs to its end, that nothing fails, is lost or sold twice, and that a Control Server that
 * was killed finds all nodes again. There are enough of them for its second thread.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crowd } from '@zhiyun/link';
import { expect, it } from 'vitest';

const main = join(import.meta.dirname, '../sim/scale/src/main.ts');
const nodes = crowd + 50;

it(`${nodes} nodes with their instances connect, take creates, and come back to a Control Server that was killed`, async () => {
  const size = ['--nodes', `${nodes}`, '--instances', '4', '--clients', '4'];
  const times = ['--idle', '1', '--warmup', '1', '--seconds', '2'];
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...size, ...times, '--restart-control'], {
    timeout: 150_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  const { creates, loadBoard, restart, processes } = JSON.parse(stdout);
  expect(creates).toMatchObject({ failed: 0, oversold: 0 });
  expect(creates.created).toBeGreaterThan(0);
  expect(loadBoard).toMatchObject({ silent: 0 });
  expect(restart.reconciledSeconds).toBeGreaterThan(0);
  console.log(
    `scale: ${nodes} nodes, ${creates.perSecond.toFixed(0)} creates/s, p95 ${creates.runningMs.p95} ms; reconciled after ` +
      `${restart.reconciledSeconds.toFixed(1)} s; Control Server ${processes.control.residentMiB.toFixed(0)} MiB`,
  );
});
