/** Row types of migration 0019. */
import type { SshKeyId, UserId } from '@zhiyun/contracts';

export interface SshKeyTable {
  id: SshKeyId;
  owner_id: UserId;
  name: string;
  type: string;
  bits: number;
  fingerprint: string;
  /** `type base64`, without the comment. */
  public_key: string;
  comment: string;
  created_at: Date;
}

/** Part of the database's type; see `../database.ts`. */
export interface SshKeyTables {
  ssh_key: SshKeyTable;
}
