/** Domains found by multicast between hosts of the lab, and what a network may do to it. */
import { join } from 'node:path';
import type { DomainId } from '@zhiyun/contracts';
import { chooseDomain, type FoundDomain } from '@zhiyun/link';
import { createLab, type Lab, type LabHost, type LabProcess, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFailed } from 'vitest';

const missing = labMissing();

const program = join(import.meta.dirname, 'discovery-process.ts');
const office = { id: '018f0000-0000-7000-8000-00000000d001' as DomainId, name: 'office' };
const plant = { id: '018f0000-0000-7000-8000-00000000d002' as DomainId, name: '工厂' };

interface Answer {
  found: FoundDomain[];
  ms: number;
}

describe.skipIf(missing)(skippable('a domain in the network', missing), () => {
  let lab: Lab;
  let asker: LabProcess;
  let joiner: LabHost;

  beforeEach(async () => {
    lab = await createLab({ hosts: ['one', 'two', 'joiner'], networks: 2 });
    joiner = lab.host('joiner');
    asker = await joiner.run(process.execPath, [program, 'discover']);
    await asker.says(/ready/);
  });
  afterEach(async () => {
    await lab[Symbol.asyncDispose]();
  });

  let component = 0;
  async function announce(host: LabHost, domain: { id: DomainId; name: string }, port = 7400): Promise<LabProcess> {
    onTestFailed(() => console.log(lab.report()));
    const componentId = `018f0000-0000-7000-8000-${String(++component).padStart(12, '0')}`;
    const settings = JSON.stringify({ domain, componentId, port });
    const announcer = await host.run(process.execPath, [program, 'announce', settings]);
    await announcer.says(/announced/);
    return announcer;
  }
  async function discover(options: object = {}): Promise<Answer> {
    const already = asker.stdout.split('\n').length;
    asker.stdin?.write(`${JSON.stringify(options)}\n`);
    await waitFor(() => asker.stdout.split('\n').length > already, { describe: 'what was found' });
    return JSON.parse(asker.stdout.split('\n').at(-2) ?? '');
  }

  it('is found with the addresses of its Data Servers, wherever they are', async () => {
    await announce(lab.host('one'), office);
    await announce(lab.host('two'), office, 7401);
    const { found } = await discover();
    expect(found).toHaveLength(1);
    expect(chooseDomain(found)).toMatchObject(office);
    expect(found[0]?.dataServers.toSorted((x, y) => x.port - y.port)).toEqual([
      { host: lab.host('one').address, port: 7400 },
      { host: lab.host('two').address, port: 7401 },
    ]);
  });

  it('is found on the same host', async () => {
    await announce(joiner, office);
    expect((await discover({ domainId: office.id })).found).toMatchObject([office]);
  });

  it('is found by name at once among two, which make one ask back', async () => {
    await announce(lab.host('one'), office);
    await announce(lab.host('two'), plant);
    const all = await discover();
    expect(() => chooseDomain(all.found)).toThrow(/"office", "工厂".*--domain NAME/);
    const wanted = await discover({ domainName: '工厂' });
    console.log(`found by name after ${wanted.ms.toFixed(0)} ms, all of them after ${all.ms.toFixed(0)} ms`);
    expect(chooseDomain(wanted.found, '工厂')).toMatchObject({
      ...plant,
      dataServers: [{ host: lab.host('two').address, port: 7400 }],
    });
    expect(wanted.ms).toBeLessThan(10_000);
    expect(all.ms).toBeLessThan(20_000);
  });

  it('is not found when nobody is there, which is known when the time is up', async () => {
    const { found, ms } = await discover({ timeoutMs: 700 });
    expect(found).toEqual([]);
    expect(ms).toBeGreaterThan(690);
    expect(ms).toBeLessThan(20_000);
  });

  it('is found when it comes while it is being looked for', async () => {
    const asking = discover({ domainId: office.id, timeoutMs: 20_000 });
    await announce(lab.host('one'), office);
    expect((await asking).found).toMatchObject([office]);
  });

  it('is heard of no more once it has stopped', async () => {
    const announcer = await announce(lab.host('one'), office);
    announcer.stdin?.end();
    expect(await announcer.ended).toEqual({ code: 0, signal: null });
    expect((await discover({ timeoutMs: 300 })).found).toEqual([]);
  });

  it('is not found behind a router, and is found again by who moves to its network', async () => {
    await announce(lab.host('one'), office);
    await lab.move(joiner, { network: 1 });
    expect((await discover({ timeoutMs: 500 })).found).toEqual([]);
    await lab.move(joiner, { network: 0 });
    expect((await discover({ domainId: office.id })).found).toMatchObject([office]);
  });

  it('is announced with its new address soon after its host has moved', async () => {
    const host = lab.host('one');
    await announce(host, office);
    await lab.move(host, { network: 1 });
    await lab.move(joiner, { network: 1 });
    const { found } = await discover({ domainId: office.id });
    expect(found).toMatchObject([{ ...office, dataServers: [{ host: '10.77.1.11', port: 7400 }] }]);
  });

  it('outlives garbage, and answers a flood of questions sparingly', async () => {
    const announcer = await announce(lab.host('one'), office);
    const flood = `
      const socket = require('dgram').createSocket({ type: 'udp4', reuseAddr: true });
      const question = Buffer.from('000000000001000000000000' + '075f7a686979756e' + '045f746370' + '056c6f63616c' + '00' + '000c0001', 'hex');
      let answers = 0;
      socket.on('message', (_, { address }) => { if (address !== '${joiner.address}') answers += 1; });
      socket.bind(5353, async () => {
        socket.addMembership('224.0.0.251', '${joiner.address}');
        socket.setMulticastInterface('${joiner.address}');
        // Not faster than it can be read: a full buffer would spare the other side the work.
        const send = (bytes) => new Promise((done) => socket.send(bytes, 5353, '224.0.0.251', () => setTimeout(done, 1)));
        const random = require('crypto').randomBytes;
        for (let i = 0; i < 300; i++) await send(random(1 + i * 4));
        for (let i = 0; i < 300; i++) await send(Buffer.concat([question.subarray(0, 12), random(40)]));
        for (let i = 0; i < 300; i++) await send(question);
        setTimeout(() => { console.log('answers ' + answers); process.exit(); }, 500);
      });`;
    const attacker = await joiner.run(process.execPath, ['-e', flood]);
    const [, answers] = await attacker.says(/answers (\d+)/);
    expect(Number(answers)).toBeGreaterThan(0);
    expect(Number(answers)).toBeLessThan(30);
    expect(announcer.end).toBeUndefined();
    expect((await discover({ domainId: office.id })).found).toMatchObject([office]);
  });
});
