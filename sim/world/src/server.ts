/** One server of the world: components of any roles, each a member of the domain by the same door as on a real machine. */
import { join } from 'node:path';
import { GiB, type NodeFacts, TiB } from '@zhiyun/contracts';
import type { ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import { createControlServer } from '@zhiyun/control-server';
import { createHttpGateway } from '@zhiyun/http-gateway';
import { type Clock, Disposables, type Logger } from '@zhiyun/kernel';
import { joinDomain } from '@zhiyun/link';
import { createSimulatedNode, SimulatedHost, type SimulatedPace } from '@zhiyun/node-client';
import { createStorageServer } from '@zhiyun/storage-server';
import { openStore } from '@zhiyun/store';
import { type Gate, workBehind } from './gate.ts';
import { hurriedClock } from './hurried-clock.ts';

/** Data Servers begin the domain and are the world's own. */
export type ServerRole = Exclude<ComponentType, 'data-server'>;

export interface ServerSurroundings {
  directory: string;
  databaseUrl: string;
  dataServers: readonly LinkAddress[];
  consoleDirectory: string;
  /** Where browsers reach the platform through another server of this machine. */
  publicUrl: string | undefined;
  gate: Gate;
  pace: Partial<SimulatedPace>;
  clock: Clock;
  log: Logger;
}

export const version = '0.1.0';

export const serverFacts: NodeFacts = {
  hostname: 'simulated',
  architecture: 'x86_64',
  kernel: '6.12.48+deb13-amd64',
  cpuModel: 'AMD EPYC 9354P 32-Core Processor',
  cores: 32,
  memoryBytes: 512 * GiB,
  diskBytes: 4 * TiB,
  hypervisor: 'simulated',
  hypervisorVersion: '1.0.0',
  accelerator: 'kvm',
  cgroupVersion: 'v2',
  reflink: true,
};

/** A guest that is asked to shut down has 90 s: three of ours. */
const nodeClock = hurriedClock(30);

export class SimulatedServer implements AsyncDisposable {
  readonly name: string;
  /** Its machines: they live on when the Node Client is away. */
  readonly host: SimulatedHost;
  readonly #around: ServerSurroundings;
  readonly #running = new Map<ServerRole, Disposables>();
  /** Of its gateway, once there is one. */
  gatewayPort = 0;

  constructor(name: string, around: ServerSurroundings) {
    this.name = name;
    this.#around = around;
    this.host = new SimulatedHost({ clock: nodeClock, pace: around.pace });
  }

  get home(): string {
    return join(this.#around.directory, this.name);
  }

  get passwordFile(): string {
    return join(this.home, 'initial-admin-password');
  }

  /** Takes a role; with the identity of last time when it had it before. `token`: the first time. */
  async start(role: ServerRole, token?: string): Promise<void> {
    const ends = new Disposables();
    try {
      await this.#bring(role, ends, token);
    } catch (error) {
      await ends[Symbol.asyncDispose]();
      throw error;
    }
    this.#running.set(role, ends);
  }

  /** The component is gone until it is started again. */
  async stop(role: ServerRole): Promise<void> {
    const ends = this.#running.get(role);
    this.#running.delete(role);
    await ends?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((role) => this.stop(role)));
  }

  async #bring(role: ServerRole, ends: Disposables, token: string | undefined): Promise<void> {
    const { clock, log, dataServers, consoleDirectory, publicUrl, databaseUrl, gate } = this.#around;
    const { name, home } = this;
    const member = await joinDomain({
      ...{ home, type: role, name, version, dataServers, clock, log },
      ...(token !== undefined && { token }),
      listenHost: '127.0.0.1',
    });
    if (role === 'control-server') {
      const store = await openStore({ url: databaseUrl, log });
      ends.add(() => store.close());
      const { passwordFile } = this;
      const control = await createControlServer({ store, member, passwordFile, clock, log, version });
      ends.add(() => control.stop());
      return control.start();
    }
    if (role === 'http-gateway') {
      const listen = { host: '127.0.0.1', port: 0 };
      const proxied = publicUrl === undefined ? {} : { publicUrl, trustedProxies: ['127.0.0.1'] };
      const gateway = createHttpGateway({ ...{ member, listen, consoleDirectory, clock, log }, ...proxied });
      ends.add(() => gateway.stop());
      this.gatewayPort = (await gateway.start()).port;
      return;
    }
    if (role === 'storage-server') {
      const storage = await createStorageServer({ member: workBehind(gate, member), home, clock, log });
      ends.add(() => storage.stop());
      return storage.start();
    }
    const node = createSimulatedNode({
      ...{ member: workBehind(gate, member), host: this.host, clock: nodeClock, log, instances: [], pace: {} },
      facts: { ...serverFacts, hostname: `${name}.cloud.example` },
    });
    ends.add(() => node.stop());
    return node.start();
  }
}
