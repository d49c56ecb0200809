/**
 * The lab's network: bridges in the world's namespace, one IPv4 network each, with a router between them that carries no
 * multicast. Every frame is marked with the host it came from, so that a cut holds on the same bridge and across the router.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LabHost } from './lab-host.ts';
import { inNetworkOf } from './lab-world.ts';

export interface LabSpeed {
  /** Each way. */
  rateKbit: number;
  /** Added each way. */
  delayMs?: number;
}

const bridge = (network: number) => `net${network}`;
const port = ({ index }: LabHost) => `port${index}`;

export class LabNetwork {
  readonly #worldPid: number;
  readonly #prefix: string;
  readonly #hosts: LabHost[] = [];
  /** Indexes of hosts, `from to`. */
  readonly #cuts = new Set<string>();

  /** `prefix`: the first two numbers of every address. */
  constructor(worldPid: number, prefix: string) {
    this.#worldPid = worldPid;
    this.#prefix = prefix;
  }

  async addBridge(network: number): Promise<void> {
    await this.#ip('link', 'add', bridge(network), 'type', 'bridge', 'mcast_snooping', '0');
    await this.#ip('address', 'add', `${this.#prefix}.${network}.1/24`, 'dev', bridge(network));
    await this.#ip('link', 'set', bridge(network), 'up');
  }

  async plug(host: LabHost, network: number): Promise<void> {
    const cable = ['link', 'add', port(host), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(host.pid)];
    await this.#ip(...cable);
    await this.#ip('link', 'set', port(host), 'master', bridge(network), 'up');
    await host.network('ip', 'link', 'set', 'eth0', 'up');
    this.#hosts.push(host);
    await this.#address(host, this.addressOf(host, network), network);
  }

  addressOf({ index }: LabHost, network: number): string {
    return `${this.#prefix}.${network}.${index + 10}`;
  }

  async move(host: LabHost, address: string, network: number): Promise<void> {
    await this.#ip('link', 'set', port(host), 'master', bridge(network));
    await host.network('ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
    await this.#address(host, address, network);
  }

  async cut(host: LabHost, others: readonly LabHost[], isCut: boolean): Promise<void> {
    for (const other of others) {
      for (const pair of [`${host.index} ${other.index}`, `${other.index} ${host.index}`]) {
        if (isCut) this.#cuts.add(pair);
        else this.#cuts.delete(pair);
      }
    }
    await this.loadRules();
  }

  async healAll(): Promise<void> {
    this.#cuts.clear();
    await this.loadRules();
  }

  /** Undefined: as fast as the machine. */
  async setSpeed(host: LabHost, speed: LabSpeed | undefined): Promise<void> {
    const ends = [
      (...args: string[]) => inNetworkOf(this.#worldPid, 'tc', ['qdisc', ...args, 'dev', port(host), 'root']),
      (...args: string[]) => host.network('tc', 'qdisc', ...args, 'dev', 'eth0', 'root'),
    ];
    for (const end of ends) await end('delete').catch(() => {});
    if (!speed) return;
    if (speed.delayMs !== undefined) await this.#mustDelay();
    for (const [pid, device] of [
      [this.#worldPid, port(host)],
      [host.pid, 'eth0'],
    ] as const) {
      const limit = ['tbf', 'rate', `${speed.rateKbit}kbit`, 'burst', '16kb', 'latency', '400ms'];
      await inNetworkOf(pid, 'tc', ['qdisc', 'add', 'dev', device, 'root', 'handle', '1:', ...limit]);
      if (speed.delayMs === undefined) continue;
      const delay = ['netem', 'delay', `${speed.delayMs}ms`];
      await inNetworkOf(pid, 'tc', ['qdisc', 'add', 'dev', device, 'parent', '1:1', ...delay]);
    }
  }

  /** Frames are swallowed, as by an unplugged cable: nobody is told. */
  async loadRules(): Promise<void> {
    const marks = this.#hosts.map((host) => `iifname "${port(host)}" meta mark set ${host.index}`);
    const drops = [...this.#cuts].map((pair) => {
      const [from, to] = pair.split(' ');
      return `meta mark ${from} oifname "port${to}" drop`;
    });
    const rules = [
      'add table bridge lab',
      'delete table bridge lab',
      'table bridge lab {',
      'chain enter {',
      'type filter hook prerouting priority -300',
      ...marks,
      '}',
      'chain leave {',
      'type filter hook postrouting priority 300',
      ...drops,
      '}',
      '}',
    ];
    const nft = spawn('nsenter', [`--net=/proc/${this.#worldPid}/ns/net`, 'nft', '-f', '-'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    nft.stdin.end(`${rules.join('\n')}\n`);
    const [code] = await once(nft, 'close');
    if (code !== 0) throw new Error(`The lab's rules could not be loaded:\n${rules.join('\n')}`);
  }

  async #address(host: LabHost, address: string, network: number): Promise<void> {
    await host.network('ip', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    await host.network('ip', 'route', 'replace', 'default', 'via', `${this.#prefix}.${network}.1`);
    host.address = address;
  }

  async #mustDelay(): Promise<void> {
    const probe = () =>
      inNetworkOf(this.#worldPid, 'tc', ['qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']);
    await probe().catch((cause: unknown) => {
      throw new Error('This kernel cannot delay packets (sch_netem is missing); it can limit their rate.', { cause });
    });
    await inNetworkOf(this.#worldPid, 'tc', ['qdisc', 'delete', 'dev', 'lo', 'root']);
  }

  #ip(...args: string[]): Promise<string> {
    return inNetworkOf(this.#worldPid, 'ip', args);
  }
}
