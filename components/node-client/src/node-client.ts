/**
 * The Node Client: makes one server part of the pool and runs its instances. Composition root: creates every part and
 * injects its dependencies.
 */
import { chmod, mkdir } from 'node:fs/promises';
import { type ComponentId, say } from '@zhiyun/contracts';
import { nodeClientLink } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Component } from '@zhiyun/service';
import { readHierarchies } from './cgroup/index.ts';
import { nodeClientHandlers, type Served } from './handlers.ts';
import type { Hypervisor } from './hypervisor/hypervisor.ts';
import { findHypervisorUser } from './hypervisor/qemu/hypervisor-user.ts';
import { createImageCache } from './image/image-cache.ts';
import { createMemberImageSource } from './image/member-image-source.ts';
import { findMachines } from './instance/find-machines.ts';
import { Instances } from './instance/instances.ts';
import type { AfterRestart } from './instance/restart-plan.ts';
import type { ShutdownOptions } from './instance/shut-down-instances.ts';
import { createFileLedger } from './ledger/file-ledger.ts';
import { platformAddresses } from './network/platform-addresses.ts';
import type { GuestNetwork } from './network/private/guest-network.ts';
import { rangeText } from './network/private/guest-range.ts';
import { createKernelNetwork } from './network/private/kernel-network.ts';
import { createPrivateMode } from './network/private/private-mode.ts';
import { parseRefused, settleNodeRange } from './network/private/settle-node-range.ts';
import { createSimulatedNetwork } from './network/private/simulated-network.ts';
import { shortNodeId } from './network/private/slots.ts';
import { commandRunner } from './network/run-command.ts';
import { type NodePaths, nodePaths } from './paths.ts';
import { directStarter, type ProcessStarter } from './process/process-starter.ts';
import { readNodeFacts } from './usage/node-facts.ts';
import { createLoadMeter } from './usage/node-load.ts';
import { Sampler } from './usage/sampler.ts';
import { createInstanceDisks, type FileOwner } from './volume/instance-disks.ts';
import { createLocalDriver } from './volume/local/local-driver.ts';
import { volumeDrivers } from './volume/volume-drivers.ts';
import { defaultUserRange, findRangeFault, GuestUsers, type UserRange } from './workshop/guest-users.ts';

export interface NodeClientOptions {
  /** Of type node-client; started and disposed of by this component. */
  member: Member;
  /** The home directory; ours is `<home>/node-client`. */
  home: string;
  hypervisor: Hypervisor;
  /** Owner of disks and taps: the hypervisor's user. Default: the hypervisor's own choice. */
  user?: FileOwner;
  /** What happens to running instances after a restart of the node. Default: they are started again. */
  afterRestart?: AfterRestart | undefined;
  /** Range that every instance gets a user of its own from. Default: `defaultUserRange`. */
  guestUsers?: UserRange | undefined;
  /** Default: the kernel's for real machines, names only for simulated ones. */
  network?: GuestNetwork;
  /** For the kernel's network. Default: from this process. */
  starter?: ProcessStarter;
  /** As configured by the administrator. */
  guestNetwork?: GuestNetworkSettings;
  clock: Clock;
  log: Logger;
}

export interface GuestNetworkSettings {
  /** In CIDR notation. Default: as last time, else one that this machine does not use. */
  range?: string | undefined;
  /** IPv4 addresses and networks that guests may not reach, besides the platform's own. */
  refused?: readonly string[] | undefined;
}

export interface NodeClient extends Component {
  readonly id: ComponentId;
  /** Call before stopping, if guests are not to outlive this process. */
  shutDownInstances(options: ShutdownOptions): Promise<void>;
}

/** `start` throws `node-fault` when this machine's network may not be changed, or a tool is missing. */
export async function createNodeClient(options: NodeClientOptions): Promise<NodeClient> {
  const { member, hypervisor, clock, log } = options;
  const paths = nodePaths(options.home);
  const user = options.user ?? (await findHypervisorUser()) ?? ownUser();
  const refused = parseRefused(options.guestNetwork?.refused ?? []);
  const network = options.network ?? (await createNetwork(options, paths, user));
  const instances = new Instances({
    ledger: createFileLedger(paths.ledger),
    disks: createInstanceDisks(paths, volumeDrivers([createLocalDriver(paths)])),
    user,
    images: createImageCache({ paths, source: createMemberImageSource(member), clock, log }),
    modes: [createPrivateMode(network)],
    users: new GuestUsers(await usableUsers(options)),
    hypervisor,
    afterRestart: options.afterRestart ?? 'start-what-ran',
    paths,
    clock,
    log,
    findMachines: () => findMachines(paths.instances),
  });
  let served: Served | undefined;
  const refuse = () =>
    network
      .refuse([...refused, ...platformAddresses(member)])
      .catch((error: unknown) => log.error({ error }, 'Guests could not be kept from the addresses of the platform'));
  let peers: Disposable | undefined;
  member.serve(
    nodeClientLink,
    nodeClientHandlers(() => {
      if (served) return served;
      throw new PlatformError('unavailable', say('node.starting'));
    }),
  );

  return {
    id: member.id,

    async start() {
      await makeDirectories(paths);
      await network.refuse(refused);
      await instances.adoptAll();
      const meter = createLoadMeter(paths.root, clock);
      const facts = {
        ...(await readNodeFacts(paths.root, hypervisor.facts, (await readHierarchies()).version)),
        guestRange: rangeText(network.range),
      };
      served = { instances, facts, network, sampler: new Sampler({ meter, instances, clock, log }) };
      await member.start();
      peers = member.onPeer(() => void refuse());
      await refuse();
      void instances.restartWhatRan();
      log.info({ instances: instances.reports().length, ...hypervisor.facts }, 'The Node Client has started');
    },

    shutDownInstances: (shutdown) => instances.shutDownAll(shutdown),

    async stop() {
      peers?.[Symbol.dispose]();
      served?.sampler[Symbol.dispose]();
      served = undefined;
      await instances.detach();
      await member[Symbol.asyncDispose]();
      await network.close(instances.anyRuns);
    },
  };
}

/** Undefined: none, so that all guests run as the hypervisor's user. */
async function usableUsers({ hypervisor, guestUsers, log }: NodeClientOptions): Promise<UserRange | undefined> {
  // Without root, whoever we are is all we can be.
  if (hypervisor.facts.kind === 'simulated' || process.getuid?.() !== 0) return undefined;
  const range = guestUsers ?? defaultUserRange;
  const fault = await findRangeFault(range);
  if (fault === undefined) return range;
  // What somebody has chosen is not silently given up.
  if (guestUsers)
    throw new PlatformError('invalid-request', say('machine.users-unusable', { ...range, reason: fault }));
  log.warn(
    { ...range, reason: fault },
    'guests share one user: name a free range of users as guestUsers in the configuration',
  );
  return undefined;
}

async function createNetwork(
  { member, hypervisor, guestNetwork, starter = directStarter, clock, log }: NodeClientOptions,
  paths: NodePaths,
  owner: FileOwner,
): Promise<GuestNetwork> {
  if (hypervisor.facts.kind === 'simulated') return createSimulatedNetwork(shortNodeId(member.id));
  await mkdir(paths.root, { recursive: true });
  const run = commandRunner(starter);
  const { range, waits } = await settleNodeRange({ paths, configured: guestNetwork?.range, run, log });
  return createKernelNetwork({
    nodeId: member.id,
    directory: paths.network,
    range,
    rangeWaits: waits,
    owner,
    starter,
    clock,
    log,
  });
}

/** Other users may traverse these directories to reach what is theirs, but not list them. */
async function makeDirectories(paths: NodePaths): Promise<void> {
  for (const directory of [paths.root, paths.instances, paths.images]) {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o711);
  }
}

function ownUser(): FileOwner {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}
