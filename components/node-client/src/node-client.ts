/**
 * The Node Client: makes one server part of the pool and runs its instances. Composition root: every part is made here and
 * handed what it needs.
 */
import { chmod, mkdir } from 'node:fs/promises';
import type { ComponentId } from '@zhiyun/contracts';
import { nodeClientLink } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Component } from '@zhiyun/service';
import { openCgroups } from './cgroup/index.ts';
import { createInstanceDisks, type FileOwner } from './disk/instance-disks.ts';
import { nodeClientHandlers, type Served } from './handlers.ts';
import type { Hypervisor } from './hypervisor/hypervisor.ts';
import { findHypervisorUser } from './hypervisor/qemu/hypervisor-user.ts';
import { createImageCache } from './image/image-cache.ts';
import { createMemberImageSource } from './image/member-image-source.ts';
import { findMachines } from './instance/find-machines.ts';
import { Instances } from './instance/instances.ts';
import { createFileLedger } from './ledger/file-ledger.ts';
import type { GuestNetwork } from './network/guest-network.ts';
import { createKernelNetwork } from './network/kernel-network.ts';
import { commandRunner } from './network/run-command.ts';
import { createSimulatedNetwork } from './network/simulated-network.ts';
import { shortNodeId } from './network/slots.ts';
import { type NodePaths, nodePaths } from './paths.ts';
import { directStarter, type ProcessStarter } from './process/process-starter.ts';
import { readNodeFacts } from './usage/node-facts.ts';
import { createLoadMeter } from './usage/node-load.ts';
import { Sampler } from './usage/sampler.ts';

export interface NodeClientOptions {
  /** Of type node-client; started and disposed of by this component. */
  member: Member;
  /** The home directory; ours is `<home>/node-client`. */
  home: string;
  hypervisor: Hypervisor;
  /** Whom disks and taps belong to: the hypervisor's user. Default: the one the hypervisor takes by itself. */
  user?: FileOwner;
  /** Default: the kernel's for real machines, names only for simulated ones. */
  network?: GuestNetwork;
  /** For the kernel's network. Default: from this process. */
  starter?: ProcessStarter;
  clock: Clock;
  log: Logger;
}

export interface NodeClient extends Component {
  readonly id: ComponentId;
}

/** `start` throws `node-fault` when this machine's network may not be changed, or a tool is missing. */
export async function createNodeClient(options: NodeClientOptions): Promise<NodeClient> {
  const { member, hypervisor, clock, log } = options;
  const paths = nodePaths(options.home);
  const user = options.user ?? (await findHypervisorUser()) ?? ownUser();
  const network = options.network ?? createNetwork(options, paths, user);
  const instances = new Instances({
    ledger: createFileLedger(paths.ledger),
    disks: createInstanceDisks(paths, user),
    images: createImageCache({ paths, source: createMemberImageSource(member), clock, log }),
    network,
    hypervisor,
    paths,
    clock,
    log,
    findMachines: () => findMachines(paths.instances),
  });
  let served: Served | undefined;
  member.serve(
    nodeClientLink,
    nodeClientHandlers(() => {
      if (served) return served;
      throw new PlatformError('unavailable', 'The Node Client is starting or stopping.');
    }),
  );

  return {
    id: member.id,

    async start() {
      await makeDirectories(paths);
      await instances.adoptAll();
      const meter = createLoadMeter(paths.root, clock);
      const facts = await readNodeFacts(paths.root, hypervisor.facts, (await openCgroups()).version);
      served = { instances, facts, sampler: new Sampler({ meter, instances, network, clock, log }) };
      await member.start();
      log.info({ instances: instances.reports().length, ...hypervisor.facts }, 'The Node Client has started');
    },

    async stop() {
      served?.sampler[Symbol.dispose]();
      served = undefined;
      await instances.detach();
      await member[Symbol.asyncDispose]();
      await network.close(instances.anyRuns);
    },
  };
}

function createNetwork(
  { member, hypervisor, starter = directStarter, clock, log }: NodeClientOptions,
  paths: NodePaths,
  owner: FileOwner,
) {
  return hypervisor.facts.kind === 'simulated'
    ? createSimulatedNetwork(shortNodeId(member.id))
    : createKernelNetwork({
        nodeId: member.id,
        directory: paths.network,
        owner,
        run: commandRunner(starter),
        clock,
        log,
      });
}

/** Others may pass through on their way to what is theirs, and see nothing else. */
async function makeDirectories(paths: NodePaths): Promise<void> {
  for (const directory of [paths.root, paths.instances, paths.images]) {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o711);
  }
}

function ownUser(): FileOwner {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}
