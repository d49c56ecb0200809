-- One truth about an instance: what is wanted of it and what was observed are columns of their own, and every move of the state that is
-- shown is kept. And capacity as rows, of whatever is given away.

alter table instance
  add column wanted_state text not null default 'running' check (wanted_state in ('running', 'stopped', 'deleted')),
  -- How many moves its history has: the number of the newest one.
  add column moves bigint not null default 0;

create table instance_state_history (
  -- May be gone: the history outlives its instance.
  instance_id uuid not null,
  -- 1, 2, 3, … of each instance: a hole would be a lost move.
  move bigint not null,
  -- Null: it begins here.
  from_state text,
  -- Null: it was deleted.
  to_state text,
  stop_reason text,
  -- Never before the move before it, also when the clock of the database was set back.
  at timestamptz(3) not null,
  -- `operation`, `report` (of its node), `node` (its node was lost or came back), `older-release`.
  cause text not null,
  operation_id uuid,
  node_id uuid,
  primary key (instance_id, move)
);
-- For pruning: it grows in the order of time.
create index instance_state_history_by_at on instance_state_history using brin (at);

update instance set moves = 1, wanted_state = case
  when state in ('stopped', 'stopping') then 'stopped'
  when state = 'deleting' then 'deleted'
  when state in ('unknown', 'lost') and observed_state in ('prepared', 'stopped', 'missing') then 'stopped'
  else 'running' end;
insert into instance_state_history
  select id, 1, null, state, stop_reason, state_since, 'older-release', null, node_id from instance;

-- A Control Server of an older release beside this one moves states without a word about it. What raises `moves` has written its history itself.
create function keep_move_of_older_release() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.moves := 1;
    insert into instance_state_history
      values (new.id, 1, null, new.state, new.stop_reason, new.state_since, 'older-release', null, new.node_id);
    return new;
  end if;
  new.moves := old.moves + 1;
  new.state_since := greatest(clock_timestamp(), old.state_since);
  new.wanted_state := case
    when new.state in ('starting', 'rebooting') then 'running'
    when new.state = 'stopping' then 'stopped'
    when new.state = 'deleting' then 'deleted'
    -- Whatever the order has come to is what is wanted from then on.
    when old.state in ('creating', 'starting', 'stopping', 'rebooting', 'deleting') and new.state in ('running', 'stopped')
      then new.state
    else new.wanted_state end;
  insert into instance_state_history
    values (new.id, new.moves, old.state, new.state, new.stop_reason, new.state_since, 'older-release', null,
      coalesce(new.node_id, old.node_id));
  return new;
end $$;
create trigger instance_begun before insert on instance for each row
  when (new.moves = 0) execute function keep_move_of_older_release();
create trigger instance_moved before update on instance for each row
  when (new.state is distinct from old.state and new.moves = old.moves) execute function keep_move_of_older_release();

create function keep_end_of_older_release() returns trigger language plpgsql as $$
begin
  insert into instance_state_history
    select old.id, old.moves + 1, old.state, null, null, greatest(clock_timestamp(), old.state_since), 'older-release', null, old.node_id
    where not exists (select from instance_state_history where instance_id = old.id and move > old.moves);
  return null;
end $$;
create trigger instance_ended after delete on instance for each row execute function keep_end_of_older_release();

-- What an owner has of a resource, and how much of it is promised. Written by the claim and the release alone.
create table account (
  owner_kind text not null,
  owner_id uuid not null,
  resource text not null,
  -- Before overcommit. Null: there is no limit.
  total bigint check (total >= 0),
  -- May be more than `total`: a machine may come back smaller than what it has promised.
  promised bigint not null default 0 check (promised >= 0),
  primary key (owner_kind, owner_id, resource)
) with (fillfactor = 50);

-- Until no older release is beside this one, the columns of nodes and their accounts are the same figures, whichever of both is written:
-- an older release reads and claims by the columns. Whoever writes either holds the row of the node.
create function keep_accounts_of_node() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from account where owner_kind = 'node' and owner_id = old.id;
    return null;
  end if;
  insert into account
    values ('node', new.id, 'cores', new.cores_total, new.cores_promised),
      ('node', new.id, 'memory-bytes', new.memory_bytes_total, new.memory_bytes_promised),
      ('node', new.id, 'disk-bytes', new.disk_bytes_total, new.disk_bytes_promised),
      ('node', new.id, 'instances', null, new.instance_count)
    on conflict (owner_kind, owner_id, resource) do update set total = excluded.total, promised = excluded.promised;
  return null;
end $$;
create trigger node_made after insert on node for each row execute function keep_accounts_of_node();
create trigger node_gone after delete on node for each row execute function keep_accounts_of_node();
create trigger node_promised after update on node for each row
  when (pg_trigger_depth() = 0 and (old.cores_total, old.cores_promised, old.memory_bytes_total, old.memory_bytes_promised,
      old.disk_bytes_total, old.disk_bytes_promised, old.instance_count)
    is distinct from (new.cores_total, new.cores_promised, new.memory_bytes_total, new.memory_bytes_promised,
      new.disk_bytes_total, new.disk_bytes_promised, new.instance_count))
  execute function keep_accounts_of_node();

create function keep_node_of_accounts() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() > 1 then return null; end if;
  update node set
    cores_total = coalesce(changed.cores_total, node.cores_total),
    cores_promised = coalesce(changed.cores_promised, node.cores_promised),
    memory_bytes_total = coalesce(changed.memory_bytes_total, node.memory_bytes_total),
    memory_bytes_promised = coalesce(changed.memory_bytes_promised, node.memory_bytes_promised),
    disk_bytes_total = coalesce(changed.disk_bytes_total, node.disk_bytes_total),
    disk_bytes_promised = coalesce(changed.disk_bytes_promised, node.disk_bytes_promised),
    instance_count = coalesce(changed.instance_count, node.instance_count)
  from (
    select owner_id,
      max(total) filter (where resource = 'cores') as cores_total,
      max(promised) filter (where resource = 'cores') as cores_promised,
      max(total) filter (where resource = 'memory-bytes') as memory_bytes_total,
      max(promised) filter (where resource = 'memory-bytes') as memory_bytes_promised,
      max(total) filter (where resource = 'disk-bytes') as disk_bytes_total,
      max(promised) filter (where resource = 'disk-bytes') as disk_bytes_promised,
      max(promised) filter (where resource = 'instances') as instance_count
    from changed_account where owner_kind = 'node' group by owner_id
  ) as changed
  where node.id = changed.owner_id;
  return null;
end $$;
create trigger account_made after insert on account referencing new table as changed_account
  for each statement execute function keep_node_of_accounts();
create trigger account_changed after update on account referencing new table as changed_account
  for each statement execute function keep_node_of_accounts();

insert into account
  select 'node', id, resource, total, promised from node cross join lateral (values
    ('cores', cores_total::bigint, cores_promised::bigint), ('memory-bytes', memory_bytes_total, memory_bytes_promised),
    ('disk-bytes', disk_bytes_total, disk_bytes_promised), ('instances', null, instance_count::bigint)
  ) as figures (resource, total, promised);
