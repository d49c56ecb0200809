/**
 * The components of the domain as one SQL relation, read from the shared database alone, so that it also answers when every
 * Data Server is gone. A Data Server is gone when its lease has run out, whatever its row says; of others, what was seen
 * counts before the row. Removed components are not in it.
 */
import type { ComponentId, ComponentState } from '@zhiyun/contracts';
import type { ComponentType, LinkEndpoint } from '@zhiyun/contracts/links';
import { type RawBuilder, sql } from 'kysely';
import type { SeenComponent } from './own-view.ts';

export interface ShownComponent {
  id: ComponentId;
  type: ComponentType;
  /** Empty until it was first heard of, and so are `version` and `endpoint`. */
  name: string;
  state: ComponentState;
  since: Date;
  version: string;
  endpoint: LinkEndpoint | null;
  joined_at: Date;
  clock_skew_ms: number;
}

/** To be used as `from ${shownComponents(seen)} as component`. */
export function shownComponents(seen: readonly SeenComponent[]): RawBuilder<unknown> {
  return sql`(
    select component.id, component.type, component.joined_at, registration.endpoint,
      coalesce(registration.name, '') as name, coalesce(registration.version, '') as version,
      coalesce(registration.clock_skew_ms, 0) as clock_skew_ms,
      case
        when component.type = 'data-server' and lease.expires_at > clock_timestamp() is not true then 'gone'
        else coalesce(seen.state, registration.state, 'gone')
      end as state,
      case
        when component.type = 'data-server' and registration.state <> 'gone' and lease.expires_at <= clock_timestamp()
          then lease.expires_at
        else coalesce(seen.since, registration.since, component.joined_at)
      end as since
    from component
    left join registration on registration.component_id = component.id
    left join lease on component.type = 'data-server' and lease.name = 'data-server/' || component.id
    left join jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as seen (id uuid, state text, since timestamptz)
      on seen.id = component.id and component.type <> 'data-server'
    where component.removed_at is null
  )`;
}
