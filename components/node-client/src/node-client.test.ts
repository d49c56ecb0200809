/** The Node Client as its callers see it: over the link, with simulated machines. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentId, type ImageId, instanceUsageKeys } from '@zhiyun/contracts';
import {
  type InstanceConfig,
  type NodeImage,
  type NodeReport,
  nodeClientLink,
  storageServerLink,
} from '@zhiyun/contracts/links';
import { newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain, type LinkClient, type Member } from '@zhiyun/link';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedHost } from './hypervisor/simulated/simulated-host.ts';
import { createSimulatedHypervisor } from './hypervisor/simulated/simulated-hypervisor.ts';
import { blankDisk, testConfig } from './instance/test-world.ts';
import { createSimulatedNetwork } from './network/private/simulated-network.ts';
import { shortNodeId } from './network/private/slots.ts';
import { createNodeClient, type NodeClient } from './node-client.ts';

const content = randomBytes(300_000);
const image: NodeImage = {
  id: newId<ImageId>(),
  format: 'raw',
  sizeBytes: content.length,
  virtualSizeBytes: 1 << 20,
  sha256: createHash('sha256').update(content).digest('hex'),
};
const machines = new SimulatedHost({ pace: { launchMs: 0, shutdownMs: 0 } });
const nodeId = newId<ComponentId>();

/** As a Storage Server of an older release answers. */
const notKnown = () => Promise.reject(new PlatformError('not-found', 'There is no such method.'));
const silent = () => Promise.reject(new PlatformError('internal', 'This is not played here.'));

let home: string;
let domain: ReturnType<typeof createMemoryDomain>;
let control: Member;
let storage: Member;
let gateway: Member;
let node: NodeClient;
let link: LinkClient<typeof nodeClientLink>;
let fetched: number;
const taps = new Set<string>();

async function startNode(): Promise<void> {
  const member = domain.join({ type: 'node-client', name: 'node-1', id: nodeId });
  const hypervisor = createSimulatedHypervisor({ host: machines });
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const network = createSimulatedNetwork(shortNodeId(nodeId), taps);
  node = await createNodeClient({ member, home, hypervisor, user, network, clock: systemClock, log: silentLogger });
  await node.start();
  await waitFor(
    () => control.onlinePeers('node-client').length === 1 && member.onlinePeers('storage-server').length === 1,
  );
  link = linkOf(control);
}
function linkOf(member: Member): LinkClient<typeof nodeClientLink> {
  const [peer] = member.onlinePeers('node-client');
  if (!peer) throw new Error('The node is not there.');
  return peer.as(nodeClientLink);
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-node-'));
  domain = createMemoryDomain();
  control = domain.join({ type: 'control-server', name: 'control' });
  storage = domain.join({ type: 'storage-server', name: 'storage' });
  gateway = domain.join({ type: 'http-gateway', name: 'gateway' });
  fetched = 0;
  storage.serve(storageServerLink, {
    async readImage({ imageId, offsetBytes }, bytes) {
      if (imageId !== image.id) throw new PlatformError('not-found', `There is no image ${imageId}.`);
      fetched += content.length - offsetBytes;
      bytes.end(content.subarray(offsetBytes));
      await once(bytes, 'finish');
    },
    openUpload: silent,
    uploadOffset: silent,
    checkUpload: silent,
    importFile: silent,
    removeImage: silent,
    listImages: silent,
    receiveImage: silent,
    offerImage: silent,
    readOffered: silent,
    fetchImage: silent,
    readImageData: notKnown,
    imageFile: notKnown,
  });
  await Promise.all([control.start(), storage.start(), gateway.start()]);
  await startNode();
});
afterEach(async () => {
  await node.stop();
  await Promise.all([control, storage, gateway].map((member) => member[Symbol.asyncDispose]()));
  await rm(home, { recursive: true });
});

function withImage(): InstanceConfig {
  return { ...testConfig(), disks: [{ ...blankDisk(), image }] };
}
function prepare(config: InstanceConfig, generation = 1, onProgress?: (fraction: number) => void) {
  return link.prepareInstance({ instanceId: config.id, generation, config }, { onProgress });
}

test('an instance from an image: fetched with progress, run, looked at, removed', async () => {
  const config = withImage();
  const { id: instanceId } = config;
  const progress: number[] = [];
  const report = await prepare(config, 1, (fraction) => progress.push(fraction));
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.length).toBeGreaterThan(0);
  expect(report).toMatchObject({ state: 'prepared', address: expect.any(String) });
  expect(await link.startInstance({ instanceId, generation: 2, config })).toMatchObject({ state: 'running' });

  expect(
    Buffer.from((await link.screenshot({ instanceId })).pngBase64, 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  const display = await linkOf(gateway).display({ instanceId });
  expect(String((await once(display, 'data'))[0])).toMatch(/^RFB 003/);
  display.destroy();
  const serial = await linkOf(gateway).serial({ instanceId });
  expect(String((await once(serial, 'data'))[0])).toMatch(/Simulated machine/);
  serial.destroy();

  await expect(link.forgetImage({ imageId: image.id })).rejects.toMatchObject({ code: 'in-use' });
  await link.removeInstance({ instanceId, generation: 3 });
  await link.forgetImage({ imageId: image.id });
  expect(machines.size).toBe(0);
  for (const folder of ['instances', 'images', 'ledger']) {
    expect(await readdir(join(home, 'node-client', folder))).toEqual([]);
  }
});

test('a second instance of an image fetches nothing', async () => {
  const [one, two] = [withImage(), withImage()];
  await Promise.all([prepare(one), prepare(two)]);
  await prepare(withImage());
  expect(fetched).toBe(content.length);
});

test('an image that cannot be fetched fails the preparing, with the reason and nothing left', async () => {
  const config = withImage();
  const wrong = { ...image, sha256: 'f'.repeat(64) };
  await expect(prepare({ ...config, disks: [{ ...blankDisk(), image: wrong }] })).rejects.toMatchObject({
    code: 'checksum-mismatch',
  });
  expect(await readdir(join(home, 'node-client', 'instances'))).toEqual([]);
});

test('every watcher hears the whole first, then each change', async () => {
  const config = testConfig();
  const { id: instanceId } = config;
  await prepare(config);
  const end = new AbortController();
  const heard: NodeReport[][] = [[], []];
  const watching = heard.map((reports) => link.watch({}, (report) => void reports.push(report), end));
  await waitFor(() => heard.every((reports) => reports.length === 1));
  await link.startInstance({ instanceId, generation: 2, config });
  await link.removeInstance({ instanceId, generation: 3 });
  await waitFor(() => heard.every((reports) => reports.some(({ type }) => type === 'gone')));
  end.abort();
  await Promise.allSettled(watching);
  for (const reports of heard) {
    expect(reports[0]).toMatchObject({
      type: 'inventory',
      facts: { hypervisor: 'simulated', cores: expect.any(Number) },
      instances: [{ instanceId, state: 'prepared' }],
      load: { cpu: expect.any(Number) },
    });
    expect(reports.at(-1)).toMatchObject({ type: 'gone', instanceId });
  }
});

test('load and usage come by themselves', async () => {
  const config = testConfig();
  await prepare(config);
  await link.startInstance({ instanceId: config.id, generation: 2, config });
  const end = new AbortController();
  const loads: NodeReport[] = [];
  const take = (report: NodeReport) => {
    if (report.type !== 'load' || report.usage.length === 0) return;
    loads.push(report);
    end.abort();
  };
  await expect(link.watch({}, take, end)).rejects.toThrow();
  expect(loads).toMatchObject([
    {
      load: { memoryUsedBytes: expect.toSatisfy((bytes: number) => bytes > 0) },
      running: [config.id],
      usage: instanceUsageKeys.map(() => expect.any(Number)),
    },
  ]);
});

test('a lost ledger costs no disk; the instance can only be removed then', async () => {
  const config = testConfig();
  const { id: instanceId } = config;
  await prepare(config);
  const [disk = ''] = await readdir(join(home, 'node-client', 'instances', instanceId));
  const diskPath = join(home, 'node-client', 'instances', instanceId, disk);
  const before = await readFile(diskPath);
  await node.stop();
  await rm(join(home, 'node-client', 'ledger'), { recursive: true });
  await startNode();
  expect((await readFile(diskPath)).equals(before)).toBe(true);
  const refusal = { code: 'node-fault', message: expect.stringContaining(join('instances', instanceId)) };
  await expect(link.startInstance({ instanceId, generation: 2, config })).rejects.toMatchObject(refusal);
  await expect(prepare(config, 3)).rejects.toMatchObject({ code: 'node-fault' });
  expect((await readFile(diskPath)).equals(before)).toBe(true);
  await link.removeInstance({ instanceId, generation: 4 });
  expect(await readdir(join(home, 'node-client', 'instances'))).toEqual([]);
});

test('the guest network stays behind for machines that run, and for no others', async () => {
  const config = testConfig();
  const { id: instanceId } = config;
  await prepare(config);
  await link.startInstance({ instanceId, generation: 2, config });
  await node.stop();
  expect(taps.size).toBe(1);
  await startNode();
  await link.killInstance({ instanceId, generation: 3 });
  await node.stop();
  expect(taps.size).toBe(0);
  await startNode();
  expect(taps.size).toBe(1);
  await link.removeInstance({ instanceId, generation: 4 });
});

test('guests go on while the Node Client is away', async () => {
  const config = testConfig();
  await prepare(config);
  const before = await link.startInstance({ instanceId: config.id, generation: 2, config });
  await node.stop();
  await startNode();
  expect(await link.startInstance({ instanceId: config.id, generation: 3, config })).toMatchObject({
    state: 'running',
    pid: before.pid,
  });
  await link.removeInstance({ instanceId: config.id, generation: 4 });
});
