/**
 * Accounts: what an owner has of a resource, and how much of it is promised. The only SQL that writes them. Rows are locked in the order
 * of their keys; whoever locks the owner's own row as well does so before.
 */
import { anyOf, type Tx } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';

export type AccountOwnerKind = 'node';

export interface AccountOwner {
  kind: AccountOwnerKind;
  id: string;
}

/**
 * Claims many lists of (account, amount) at once, each of them whole or not at all: condition and promise are one statement, so that no two
 * Control Servers can promise the same. For a statement that writes what the claims are for as well: its parts `granted` (the `id` of each
 * claim that was won) and what that takes.
 *
 * `wanted`: a part with `claim` (a UUID), `place` (claims are granted in this order), `owner_kind`, `owner_id`, `resource`, `amount` and
 * `overcommit`. `owners`: the ids of all owners in it. A claim that is refused counts against those after it, so a claim may be refused
 * that would just have fitted, never granted that does not.
 */
export function claimAccounts(wanted: string, owners: readonly string[]): RawBuilder<unknown> {
  const ids = anyOf([...new Set(owners)]);
  const claims = sql.table(wanted);
  return sql`held as materialized (
      select account.* from account
      where owner_id = ${ids}
        and (owner_kind, owner_id, resource) in (select owner_kind, owner_id, resource from ${claims})
      order by owner_kind, owner_id, resource for no key update
    ), counted as (
      select claim, held.owner_id is not null and (held.total is null or held.promised + sum(amount) over (
          partition by owner_kind, owner_id, resource order by place rows unbounded preceding
        ) <= floor(held.total * overcommit)) as fits
      from ${claims} left join held using (owner_kind, owner_id, resource)
    ), granted as materialized (
      select claim as id from counted group by claim having bool_and(fits)
    ), promised as (
      update account set promised = account.promised + sums.amount
      from (
        select owner_kind, owner_id, resource, sum(amount)::bigint as amount
        from ${claims} join granted on granted.id = claim group by owner_kind, owner_id, resource
      ) as sums
      where account.owner_kind = sums.owner_kind and account.owner_id = sums.owner_id
        and account.resource = sums.resource and account.owner_id = ${ids}
    )`;
}

/**
 * Gives back what one claim had taken. Whoever held it goes in the same commit and gives back what it held when it went: so a release that is
 * repeated has nothing to give. An owner that is gone has taken its accounts with it.
 */
export async function releaseAccounts(
  tx: Tx,
  { kind, id }: AccountOwner,
  amounts: Readonly<Record<string, number>>,
): Promise<void> {
  const given = Object.entries(amounts).map(([resource, amount]) => ({ resource, amount }));
  await sql`
    with held as materialized (
      select owner_kind, owner_id, resource from account where owner_kind = ${kind} and owner_id = ${id}
      order by owner_kind, owner_id, resource for no key update
    )
    update account set promised = promised - given.amount
    from held join jsonb_to_recordset(${given}::jsonb) as given (resource text, amount bigint) using (resource)
    where account.owner_kind = held.owner_kind and account.owner_id = held.owner_id
      and account.resource = held.resource`.execute(tx);
}

export interface AccountTotals {
  owner: AccountOwner;
  /** Before overcommit; null: there is no limit. */
  totals: Readonly<Record<string, number | null>>;
}

/** What owners have from now on, also when that is less than what they have promised. */
export async function setAccountTotals(tx: Tx, accounts: readonly AccountTotals[]): Promise<void> {
  const given = accounts.flatMap(({ owner, totals }) =>
    Object.entries(totals).map(([resource, total]) => ({
      owner_kind: owner.kind,
      owner_id: owner.id,
      resource,
      total,
    })),
  );
  if (given.length === 0) return;
  await sql`
    insert into account (owner_kind, owner_id, resource, total)
    select owner_kind, owner_id, resource, total
    from jsonb_to_recordset(${given}::jsonb) as given (owner_kind text, owner_id uuid, resource text, total bigint)
    order by owner_kind, owner_id, resource
    on conflict (owner_kind, owner_id, resource) do update set total = excluded.total
    where account.total is distinct from excluded.total`.execute(tx);
}
