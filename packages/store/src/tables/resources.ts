/**
 * Row types of migrations 0003, 0006, 0007, 0013, 0017 and 0018: compute pools, nodes, images, instances, disks, NICs, accounts. Sizes are bytes. Columns
 * that only SQL of one place writes are `Guarded`: no other statement that is built with types can name them.
 */
import type {
  BootDevice,
  ComponentId,
  ComputePoolId,
  Condition,
  DiskId,
  Fault,
  ImageFormat,
  ImageId,
  ImageKind,
  ImageState,
  InstanceId,
  InstanceState,
  NetworkReport,
  NodeFacts,
  NodeId,
  NodeState,
  OperationId,
  PlacementCandidate,
  StateCause,
  StopReason,
  WantedState,
} from '@zhiyun/contracts';
import type { ColumnType, Generated } from 'kysely';

/** Written by raw SQL of its own place alone. */
type Guarded<T> = ColumnType<T, never, never>;

export interface ComputePoolTable {
  id: ComputePoolId;
  name: string;
  description: Generated<string>;
  storage_mode: Generated<'local'>;
  network_mode: Generated<'private'>;
  cpu_overcommit: number;
  disk_overcommit: number;
  created_at: Generated<Date>;
}

/** Report on a node's guest network, without its changes: those are recorded as events. */
export type KeptNetwork = Omit<NetworkReport, 'changes'>;

export interface NodeTable {
  id: NodeId;
  name: string;
  compute_pool_id: ComputePoolId | null;
  state: NodeState;
  state_since: Date;
  schedulable: Generated<boolean>;
  address: string | null;
  facts: NodeFacts | null;
  /** Migration 0012. */
  network: ColumnType<KeptNetwork | null, KeptNetwork | null | undefined>;
  joined_at: Date;
}

/** Migration 0006. A Control Server that does not hear the node has no row. */
export interface NodeHearingTable {
  node_id: NodeId;
  control_id: ComponentId;
  state: 'online' | 'suspect';
}

export interface ImageTable {
  id: ImageId;
  name: string;
  description: Generated<string>;
  kind: ImageKind;
  state: ImageState;
  storage_server_id: ComponentId | null;
  size_bytes: number;
  uploaded_bytes: Generated<number>;
  format: ImageFormat | null;
  virtual_size_bytes: number | null;
  expected_sha256: string | null;
  sha256: string | null;
  error: Fault | null;
  created_at: Date;
  /** Of an upload: when its newest byte was seen. Migration 0004. */
  upload_progressed_at: Date | null;
}

export interface InstanceTable {
  id: InstanceId;
  name: string;
  compute_pool_id: ComputePoolId;
  /** Null: its node was removed as lost. */
  node_id: NodeId | null;
  /** What is shown: made of what is wanted, what was observed, and the operation that works on it. */
  state: Guarded<InstanceState>;
  state_since: Guarded<Date>;
  stop_reason: Guarded<StopReason | null>;
  stop_detail: Guarded<string | null>;
  /** Migration 0018. Of the newest order that was not taken back. */
  wanted_state: Guarded<WantedState>;
  /** The number of the newest move in its history. */
  moves: Guarded<number>;
  generation: number;
  observed_generation: Guarded<number>;
  observed_sequence: Guarded<number>;
  /** `missing`: its node says that it has no such instance. Null: nothing was reported yet. */
  observed_state: Guarded<'prepared' | 'running' | 'stopped' | 'missing' | null>;
  observed_stop_reason: Guarded<StopReason | null>;
  observed_stop_detail: Guarded<string | null>;
  cores: number;
  memory_bytes: number;
  mac_address: string;
  address: string | null;
  iso_image_id: ImageId | null;
  /** Of its machine while it runs, as it was heard last and as it is shown. Migration 0013. */
  observed_run: Guarded<Run | null>;
  run: Guarded<Run | null>;
  boot_first: Generated<BootDevice>;
  boot_menu: Generated<boolean>;
  placement: Generated<PlacementCandidate[]>;
  created_at: Date;
}

/** One move of the state that an instance shows. Migration 0018. */
export interface InstanceStateHistoryTable {
  instance_id: InstanceId;
  /** 1, 2, 3, … of each instance. */
  move: Guarded<number>;
  /** Null: its history begins here. */
  from_state: Guarded<InstanceState | null>;
  /** Null: it was deleted. */
  to_state: Guarded<InstanceState | null>;
  stop_reason: Guarded<StopReason | null>;
  at: Guarded<Date>;
  cause: Guarded<StateCause>;
  operation_id: Guarded<OperationId | null>;
  node_id: Guarded<NodeId | null>;
}

/** A running machine. A node that is too old to say leaves out what is null. */
export interface Run {
  condition: Condition | null;
  /** How often the instance was started. */
  epoch: number | null;
  /** `node`: it was started by its node itself, because it had run before that was restarted. */
  startedBy: 'order' | 'node' | null;
}

export interface DiskTable {
  id: DiskId;
  instance_id: InstanceId;
  position: number;
  size_bytes: number;
  image_id: ImageId | null;
}

/** Migration 0017. `address`: given by the Control Server, or adopted from its node; null: none yet. */
export interface NicTable {
  instance_id: InstanceId;
  position: number;
  node_id: NodeId | null;
  mode: string;
  mac_address: string;
  address: string | null;
}

/** What an owner has of a resource, and how much of it is given away. Migration 0018. */
export interface AccountTable {
  owner_kind: string;
  owner_id: string;
  resource: string;
  /** Before overcommit. Null: there is no limit. */
  total: Guarded<number | null>;
  promised: Guarded<number>;
}

/** Part of the database's type; see `../database.ts`. */
export interface ResourceTables {
  compute_pool: ComputePoolTable;
  node: NodeTable;
  node_hearing: NodeHearingTable;
  image: ImageTable;
  instance: InstanceTable;
  instance_state_history: InstanceStateHistoryTable;
  account: AccountTable;
  disk: DiskTable;
  nic: NicTable;
}
