/** Row types of migration 0002: the domain, join tokens, components and their registrations. */
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType } from '@zhiyun/contracts/links';
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
  secret_hash: Buffer;
  roles: ComponentType[];
  expires_at: Date;
  created_at: Date;
}

export interface ComponentTable {
  id: ComponentId;
  type: ComponentType;
  public_key_sha256: string;
  joined_at: Date;
}

export interface RegistrationTable {
  component_id: ComponentId;
  name: string;
  host: string;
  port: number;
  state: ComponentRecord['state'];
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
