/** Being known: found again, moved, taken for somebody else, removed; and what is told of one's links. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateRequest, newPrivateKey } from '../certificates/certificates.ts';
import { dialHttp2 } from '../http2/dial-http2.ts';
import { LinkProxy } from '../testing/link-proxy.ts';
import { type SmallDataServer, startSmallDataServer } from '../testing/small-data-server.ts';
import { seen } from '../testing/tables.ts';
import { listeningLogger, TestMembers } from '../testing/test-member.ts';
import type { Member } from '../types.ts';
import type { HearDataServers } from './data-servers.ts';

let dataServer: SmallDataServer;
let members: TestMembers;

beforeEach(async () => {
  dataServer = await startSmallDataServer();
  members = new TestMembers();
});
afterEach(async () => {
  await members[Symbol.asyncDispose]();
  await dataServer[Symbol.asyncDispose]();
});

describe('coming back', () => {
  test('after the first time neither a token nor an address is needed', async () => {
    const home = await members.newHome();
    const first = await members.start('node-client', { home, token: dataServer.token });
    await first[Symbol.asyncDispose]();
    const second = await members.start('node-client', { home });
    expect(second.id).toBe(first.id);
    expect(dataServer.lives.has(second.id)).toBe(true);
    const kept = await readFile(join(home, 'node-client', 'identity', 'data-servers.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject([{ hosts: ['127.0.0.1'], port: dataServer.address.port }]);
  });

  test('a restarted Data Server is registered at again within about a second; links stay up meanwhile', async () => {
    const { token } = dataServer;
    const node = await members.start('node-client', { token });
    const control = await members.start('control-server', { token });
    await seen(control, node, 'online');
    const changes: string[] = [];
    using _changes = control.onPeer(({ peer, state }) => changes.push(`${peer.type} ${state}`));
    await dataServer.stop();
    await expect.poll(() => control.onlinePeers('data-server').length).toBe(0);
    dataServer.lives.clear();
    await dataServer.start();
    const since = systemClock.monotonicMs();
    await expect.poll(() => dataServer.lives.size, { interval: 10, timeout: 20_000 }).toBe(2);
    expect(systemClock.monotonicMs() - since).toBeLessThan(15_000);
    expect(changes.filter((change) => change.startsWith('node'))).toEqual([]);
  });

  test('the network is asked only when no known address answers', async () => {
    const { address } = dataServer;
    const asked: unknown[] = [];
    const discover = async (expected: unknown): Promise<LinkAddress[]> => {
      asked.push(expected);
      return [address];
    };
    const home = await members.newHome();
    const joined = await members.start('node-client', { home, token: dataServer.token, discover });
    await joined[Symbol.asyncDispose]();
    expect(asked).toEqual([]);
    const away = [{ host: '127.0.0.1', port: 1 }];
    const token = dataServer.tokenFor(away);
    const found = await members.start('node-client', { token, domainName: 'test', discover });
    expect(asked).toEqual([{ domainName: 'test' }]);
    expect(found.domain.id).toBe(dataServer.domainId);
    await found[Symbol.asyncDispose]();
  });

  test('a member that knows no living address finds its domain in the network, also later', async () => {
    const home = await members.newHome();
    const { token, domainId } = dataServer;
    const joined = await members.join('node-client', { home, token });
    await dataServer.stop();
    let asked: unknown;
    let answer: LinkAddress[] = [];
    const discover = async (expected: unknown) => {
      asked = expected;
      return answer;
    };
    const lost = await members.start('node-client', { home, discover });
    expect(lost.id).toBe(joined.id);
    await expect.poll(() => asked).toEqual({ domainId });
    expect(lost.peers('data-server')).toEqual([]);
    await dataServer.start();
    answer = [dataServer.address];
    await expect.poll(() => dataServer.lives.has(lost.id), { timeout: 10_000 }).toBe(true);
  });
});

describe('who one is', () => {
  test('a second start with the same identity is refused at once; the first goes on', async () => {
    const home = await members.newHome();
    const node = await members.start('node-client', { home, token: dataServer.token });
    await expect(members.start('node-client', { home })).rejects.toMatchObject({ code: 'identity-in-use' });
    expect(dataServer.lives.has(node.id)).toBe(true);
  });

  describe('a Data Server that says where it is now', () => {
    let proxy: LinkProxy;
    let say: (addresses: LinkAddress[]) => void;
    let node: Member;
    const dataServerOf = (member: Member) => member.peer(dataServer.id);

    /** The node knows the Data Server by an address that can fall silent. */
    beforeEach(async () => {
      proxy = await LinkProxy.to(dataServer.address);
      const token = dataServer.tokenFor([{ host: '127.0.0.1', port: proxy.port }]);
      const hear: HearDataServers = (_domainId, onHeard) => {
        say = onHeard;
        return { [Symbol.asyncDispose]: async () => {} };
      };
      node = await members.start('node-client', { token, hear });
    });
    afterEach(() => proxy[Symbol.dispose]());

    test('is reached there before anybody has missed it', async () => {
      const states: string[] = [];
      using _changes = node.onPeer(({ state }) => states.push(state));
      proxy.swallow();
      say([dataServer.address]);
      await expect.poll(() => dataServerOf(node)?.address, { timeout: 20_000 }).toEqual(dataServer.address);
      const control = await members.start('control-server', { token: dataServer.token });
      await seen(node, control, 'online');
      expect(states).not.toContain('gone');
    });

    test('is not believed when it is of another domain', async () => {
      const before = dataServerOf(node)?.address;
      const stranger = await startSmallDataServer();
      using visits = await LinkProxy.to(stranger.address);
      say([{ host: '127.0.0.1', port: visits.port }]);
      await expect.poll(() => visits.begun).toBe(1);
      await expect.poll(() => visits.open).toBe(0);
      expect(dataServerOf(node)?.address).toEqual(before);
      expect(node.peers('data-server').map(({ id }) => id)).toEqual([dataServer.id]);
      await stranger[Symbol.asyncDispose]();
    });
  });

  test('once registered, a refusal of that kind is only waited out', async () => {
    const node = await members.start('node-client', { token: dataServer.token });
    const { log, heard } = listeningLogger();
    const other = await members.start('control-server', { token: dataServer.token, log });
    await seen(other, node, 'online');
    await dataServer.stop();
    dataServer.lives.set(other.id, 'of somebody else');
    await dataServer.start();
    await expect
      .poll(() => heard.map(({ facts }) => String(facts.error)).join())
      .toContain('Another control-server runs with this identity');
    dataServer.lives.delete(other.id);
    await expect.poll(() => dataServer.lives.has(other.id)).toBe(true);
    expect(other.onlinePeers('node-client')).toHaveLength(1);
  });

  test('one that is removed is cut off by all at once, hears it, and does not come back', async () => {
    const { token } = dataServer;
    const home = await members.newHome();
    const { log, heard } = listeningLogger();
    const control = await members.start('control-server', { home, token, log });
    const node = await members.start('node-client', { token });
    await seen(node, control, 'online');
    await seen(control, node, 'online');
    const since = systemClock.monotonicMs();
    dataServer.remove(control.id);
    await control.removed;
    await expect.poll(() => node.peer(control.id)).toBeUndefined();
    expect(control.onlinePeers('node-client')).toEqual([]);
    expect(systemClock.monotonicMs() - since).toBeLessThan(4_500);
    expect(heard.filter(({ message }) => message.includes('removed from the domain'))).toHaveLength(1);
    await control[Symbol.asyncDispose]();
    const again = await members.join('control-server', { home });
    await expect(again.start()).rejects.toMatchObject({ code: 'component-removed' });
  });

  test('a removed one whose Data Server does not know it yet is still refused by its peers', async () => {
    const { token } = dataServer;
    const control = await members.start('control-server', { token });
    const node = await members.start('node-client', { token });
    await seen(control, node, 'online');
    const { address } = control.peer(node.id) ?? {};
    dataServer.remove(control.id);
    await expect.poll(() => node.peer(control.id)).toBeUndefined();
    const privateKey = newPrivateKey();
    const request = await createCertificateRequest(privateKey);
    const credentials = {
      privateKey,
      certificate: await dataServer.certificateFor(request, 'control-server', control.id),
      caCertificate: dataServer.authority.certificate,
    };
    if (!address) throw new Error('no address');
    const dialling = dialHttp2({ address, credentials, expect: { type: 'node-client' }, clock: systemClock });
    await expect(dialling).rejects.toMatchObject({ code: 'component-removed' });
  });
});

describe('what is told of links', () => {
  test('everything once, then what has changed; and everything again to a Data Server that is back', async () => {
    const { token } = dataServer;
    const control = await members.start('control-server', { token });
    const mine = () => dataServer.reports.filter(({ from }) => from === control.id);
    await expect.poll(() => mine().length).toBe(1);
    expect(mine()[0]).toMatchObject({ whole: true, links: [{ peer: dataServer.id, state: 'online' }], forgotten: [] });

    const node = await members.start('node-client', { token });
    await expect.poll(() => mine().at(-1)?.links).toMatchObject([{ peer: node.id, state: 'online' }]);
    expect(mine().at(-1)).toMatchObject({ whole: false, forgotten: [] });
    dataServer.remove(node.id);
    await expect.poll(() => mine().at(-1)).toMatchObject({ whole: false, links: [], forgotten: [node.id] });

    await dataServer.stop();
    dataServer.reports.length = 0;
    dataServer.lives.clear();
    await dataServer.start();
    await expect.poll(() => mine()[0]).toMatchObject({ whole: true });
  });
});
