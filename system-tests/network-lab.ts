/**
 * A small world of network namespaces: `host` is the node, `outside` a machine next to it, and each guest a namespace whose
 * eth0 is joined to its tap by a QEMU that only plugs cables, as the unprivileged user a real one has.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeId } from '@zhiyun/contracts';
import { formerRange, type GuestLink, guestLink, shortNodeId } from '@zhiyun/node-client';
import { unmet, waitFor } from '@zhiyun/testkit';
import type { NetworkAgentSettings, NetworkOrder } from './network-agent.ts';
import { LineProcess } from './network-line-process.ts';

const nodeId = '018f0000-0000-7000-8000-00007e57ab1e' as NodeId;
const owner = { uid: 65534, gid: 65534 };
const prefix = `zyt${process.pid}`;

export const hostAddress = '203.0.113.1';
export const outsideAddress = '203.0.113.2';
export const shortId = shortNodeId(nodeId);

/** Why this machine cannot run the lab; undefined when it can. */
export function labMissing(): string | undefined {
  const programs = ['ip', 'nft', 'dnsmasq', 'busybox', 'qemu-system-x86_64', 'setpriv'];
  return unmet({ rootFor: 'network namespaces', programs });
}

export function linkOf(slot: number): GuestLink {
  return guestLink(
    { shortNodeId: shortId, range: formerRange },
    slot,
    `02:00:00:00:00:${slot.toString(16).padStart(2, '0')}`,
  );
}

export class NetworkLab {
  readonly host = `${prefix}-host`;
  readonly outside = `${prefix}-out`;
  readonly directory = mkdtempSync(join(tmpdir(), 'zhiyun-network-'));
  /** Of the host; empty at first. */
  readonly resolvFile = join(this.directory, 'resolv.conf');
  readonly #namespaces: string[] = [];
  readonly #processes = new Set<ChildProcess>();
  readonly #scripts: LineProcess[] = [];
  #agent: LineProcess | undefined;

  constructor() {
    this.#addNamespace(this.host);
    this.#addNamespace(this.outside);
    run('ip', [
      'link',
      'add',
      'up0',
      'netns',
      this.host,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      this.outside,
    ]);
    this.in(this.host, 'ip', ['address', 'add', `${hostAddress}/24`, 'dev', 'up0']);
    this.in(this.host, 'ip', ['link', 'set', 'up0', 'up']);
    this.in(this.outside, 'ip', ['address', 'add', `${outsideAddress}/24`, 'dev', 'eth0']);
    this.in(this.outside, 'ip', ['link', 'set', 'eth0', 'up']);
    writeFileSync(this.resolvFile, '', { mode: 0o644 });
    // dnsmasq gives up root and must still reach its reservations.
    execFileSync('chmod', ['711', this.directory]);
  }

  in(namespace: string, command: string, args: readonly string[]): string {
    return run('ip', ['netns', 'exec', namespace, command, ...args]);
  }

  /** Runs a script of this folder in a namespace; see answerLines. */
  startScript(namespace: string, script: string, settings: unknown): LineProcess {
    const node = [process.execPath, join(import.meta.dirname, script), JSON.stringify(settings)];
    const started = new LineProcess('ip', ['netns', 'exec', namespace, ...node]);
    this.#scripts.push(started);
    return started;
  }

  startAgent(): void {
    const { resolvFile } = this;
    const settings: NetworkAgentSettings = { nodeId, directory: join(this.directory, 'network'), owner, resolvFile };
    this.#agent = this.startScript(this.host, 'network-agent.ts', settings);
  }

  async killAgent(): Promise<void> {
    await this.#agent?.kill();
    this.#agent = undefined;
  }

  async order(order: NetworkOrder): Promise<{ result: unknown; ms: number }> {
    if (!this.#agent) throw new Error('The agent does not run.');
    return this.#agent.ask(order);
  }

  /** Makes a guest namespace, plugged into the tap of `link`. Returns the namespace. */
  async plugGuest(link: GuestLink): Promise<string> {
    const guest = `${prefix}-g${link.slot}`;
    const far = `far${link.slot}`;
    this.#addNamespace(guest);
    this.in(this.host, 'ip', ['tuntap', 'add', 'dev', far, 'mode', 'tap', 'user', String(owner.uid)]);
    const tap = (id: string, name: string) => ['-netdev', `tap,id=${id},ifname=${name},script=no,downscript=no`];
    const port = (id: string, peer: string) => ['-netdev', `hubport,id=${id},hubid=0,netdev=${peer}`];
    this.#spawnIn(this.host, 'setpriv', [
      ...['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups', 'qemu-system-x86_64'],
      ...['-machine', 'none', '-display', 'none', '-nodefaults', '-sandbox', 'on'],
      ...tap('node', link.tap),
      ...tap('guest', far),
      ...port('p1', 'node'),
      ...port('p2', 'guest'),
    ]);
    await waitFor(() => this.in(this.host, 'cat', [`/sys/class/net/${link.tap}/carrier`]).trim() === '1', {
      describe: `QEMU to plug ${link.tap}`,
    });
    this.in(this.host, 'ip', ['link', 'set', 'dev', far, 'netns', guest]);
    this.in(guest, 'ip', ['link', 'set', 'dev', far, 'name', 'eth0']);
    this.in(guest, 'ip', ['link', 'set', 'dev', 'eth0', 'address', link.macAddress, 'up']);
    return guest;
  }

  /** Asks for an address, takes it, and gives back what the server said. */
  askDhcp(guest: string): Record<string, string> {
    const script = join(this.directory, 'udhcpc.sh');
    const take =
      '[ "$1" = bound ] && { ip addr flush dev $interface; ip addr add $ip/$mask dev $interface; ip route add default via $router; }';
    writeFileSync(script, `#!/bin/sh\n${take}\n[ "$1" = bound ] && env\nexit 0\n`, { mode: 0o755 });
    const output = this.in(guest, 'busybox', [
      'udhcpc',
      '-i',
      'eth0',
      '-n',
      '-q',
      '-f',
      '-t',
      '20',
      '-T',
      '1',
      '-s',
      script,
    ]);
    return Object.fromEntries([...output.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  }

  /** A server that answers every request with the caller's address. */
  async serve(namespace: string, port = 80): Promise<void> {
    const program = `require('http').createServer((q,s)=>s.end(q.socket.remoteAddress)).listen(${port},'0.0.0.0',()=>console.log('up'))`;
    const server = this.#spawnIn(namespace, process.execPath, ['-e', program]);
    if (server.stdout) await once(server.stdout, 'data');
  }

  /** What the server at `address` says, or why it cannot be reached: never waits longer than a second. */
  get(namespace: string, address: string, port = 80, timeoutMs = 1000): string {
    const request = `fetch('http://${address}:${port}', { signal: AbortSignal.timeout(${timeoutMs}) }).then((answer) => answer.text())`;
    const program = `${request}.catch(() => 'unreachable').then((text) => { console.log(text); process.exit(); })`;
    return this.in(namespace, process.execPath, ['-e', program]).trim();
  }

  /** The same where an answer is expected: a busy machine has its time. */
  reach(namespace: string, address: string, port?: number): string {
    return this.get(namespace, address, port, 20_000);
  }

  /** Sends echo requests, answered or not. */
  ping(namespace: string, address: string, ...options: string[]): void {
    const ping = ['netns', 'exec', namespace, 'busybox', 'ping', '-W', '1', ...options, address];
    if (spawnSync('ip', ping).stderr.length > 0) throw new Error(`ping ${address} could not be sent`);
  }

  /** Packets counted in our table on the host. */
  counter(name: string): number {
    const listing = JSON.parse(this.in(this.host, 'nft', ['-j', 'list', 'counter', 'inet', `zhiyun_${shortId}`, name]));
    return listing.nftables.find((item: object) => 'counter' in item).counter.packets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const script of this.#scripts) await script.kill();
    for (const process of this.#processes) {
      process.kill('SIGKILL');
      if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
    }
    // What outlives an agent, where a test ended before it was closed.
    for (const pid of processesOf(`(dnsmasq|nft) .*${this.directory}`)) process.kill(pid, 'SIGKILL');
    for (const namespace of this.#namespaces) run('ip', ['netns', 'delete', namespace]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  #addNamespace(name: string): void {
    run('ip', ['netns', 'add', name]);
    this.#namespaces.push(name);
    this.in(name, 'ip', ['link', 'set', 'lo', 'up']);
  }

  /** A program that runs until the lab ends. */
  start(namespace: string, command: string, args: readonly string[]): ChildProcess {
    return this.#spawnIn(namespace, command, args);
  }

  #spawnIn(namespace: string, command: string, args: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#processes.add(child);
    child.once('exit', () => this.#processes.delete(child));
    return child;
  }
}

/** The DHCP servers that work in `directory`, by pid. */
export function dhcpServers(directory: string): number[] {
  return processesOf(`dnsmasq .*${directory}`);
}

function processesOf(pattern: string): number[] {
  const found = spawnSync('pgrep', ['-f', pattern], { encoding: 'utf8' }).stdout;
  return found.split('\n').filter(Boolean).map(Number);
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
