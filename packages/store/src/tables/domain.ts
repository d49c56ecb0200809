/** Row types of migrations 0002 and 0005: the domain, join tokens, components and their registrations. */
import type { ComponentId, ComponentState, DomainId, JoinTokenId } from '@zhiyun/contracts';
import type { ComponentType, LinkEndpoint } from '@zhiyun/contracts/links';
import type { Generated } from 'kysely';

export interface DomainTable {
  singleton: Generated<boolean>;
  id: DomainId;
  name: string;
  ca_certificate: string;
  ca_private_key: string;
  created_at: Date;
}

export interface JoinTokenTable {
  id: JoinTokenId;
  secret_hash: Buffer;
  roles: ComponentType[];
  expires_at: Date;
  /** Null: any number. */
  uses_left: number | null;
  created_at: Date;
  /** Username. */
  created_by: string | null;
  revoked_at: Date | null;
}

export interface ComponentTable {
  id: ComponentId;
  type: ComponentType;
  public_key_sha256: string;
  joined_at: Date;
  /** Set when removed from the domain, permanently. */
  removed_at: Date | null;
}

export interface RegistrationTable {
  component_id: ComponentId;
  name: string;
  endpoint: LinkEndpoint;
  version: string;
  life: string;
  clock_skew_ms: number;
  state: ComponentState;
  since: Date;
  data_server_id: ComponentId;
  session: string;
  is_open: boolean;
}

export interface DomainTables {
  domain: DomainTable;
  join_token: JoinTokenTable;
  component: ComponentTable;
  registration: RegistrationTable;
}
