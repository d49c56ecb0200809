/** The whole schema as types, one file per domain; the SQL is in `migrations/`. */
import type { DomainTables } from './tables/domain.ts';
import type { EventTables } from './tables/event.ts';
import type { IdentityTables } from './tables/identity.ts';
import type { OperationTables } from './tables/operation.ts';
import type { ResourceTables } from './tables/resources.ts';
import type { SshKeyTables } from './tables/ssh-key.ts';

export interface Database
  extends OperationTables,
    EventTables,
    DomainTables,
    ResourceTables,
    IdentityTables,
    SshKeyTables {}
