/** Row types of migration 0004: users, sessions, failed sign-ins, console tickets. */
import type { InstanceId, NodeId, Role, UserId } from '@zhiyun/contracts';
import type { Generated } from 'kysely';

export interface UserTable {
  id: UserId;
  username: string;
  role: Role;
  password_hash: string;
  must_change_password: Generated<boolean>;
  password_change_enforced: Generated<boolean>;
  created_at: Date;
}

export interface SessionTable {
  id: string;
  user_id: UserId;
  token_hash: Buffer;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

export interface LoginFailureTable {
  key: string;
  failures: number;
  last_failed_at: Date;
  blocked_until: Date;
}

export interface LoginAddressTable {
  user_id: UserId;
  address: string;
  last_login_at: Date;
}

export interface ConsoleTicketTable {
  ticket_hash: Buffer;
  kind: 'display' | 'serial';
  user_id: UserId;
  instance_id: InstanceId;
  node_id: NodeId;
  session_id: Generated<string | null>;
  expires_at: Date;
}

/** Part of the database's type; see `../database.ts`. */
export interface IdentityTables {
  app_user: UserTable;
  session: SessionTable;
  login_failure: LoginFailureTable;
  login_address: LoginAddressTable;
  console_ticket: ConsoleTicketTable;
}
