/** What a user can meet is said in every language: an error of these components has its words in the catalogue. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const sources = 'components/{control-server,storage-server,http-gateway,node-client}/src/**/*.ts';
const notOurs = /\.test\.ts$|\/testing\/|\/(test-[\w-]+|proof-harness)\.ts$|\/simulated\//;

/** Read in a log or a terminal of the machine only, or thrown and caught within. */
const forTheMachine: Readonly<Record<string, string>> = {
  'control-server/src/instance/reserve-instance.ts': 'caught within',
  'control-server/src/monitor/load-board.ts': 'about what a node has sent; for the log',
  'http-gateway/src/http-gateway.ts': 'said by the command that starts it',
  'http-gateway/src/gateway-certificate.ts': 'for the log',
  'node-client/src/network/run-command.ts': 'the words of other programs',
  'node-client/src/network/privileges.ts': 'said by the command that starts it',
  'node-client/src/image/member-image-source.ts': 'ends with what the Storage Server has said',
  'node-client/src/image/image-cache.ts': 'an image damaged on its way: figures for a report',
  'node-client/src/hypervisor/qemu/monitor-link.ts': 'the words of QEMU',
  'node-client/src/hypervisor/qemu/short-way.ts': 'said by the command that starts it',
  'node-client/src/volume/instance-disks.ts': 'contradictions between components: figures for a report',
  'node-client/src/volume/local/local-driver.ts': 'likewise',
};

test('errors have their words in the catalogue', () => {
  const plain = globSync(sources, { cwd: root })
    .filter((file) => !notOurs.test(file))
    .filter((file) => /new PlatformError\(\s*'[a-z-]+',\s*['`]/.test(readFileSync(resolve(root, file), 'utf8')))
    .map((file) => file.replace(/^components\//, ''));
  expect(plain.sort()).toEqual(Object.keys(forTheMachine).sort());
});
