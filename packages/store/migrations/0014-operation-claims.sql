-- An operation holds any number of things, and may have children.

alter table operation
  -- What it holds, as [{kind, id, name}]; null: its target. A Control Server of a release before writes null.
  add column claims jsonb,
  add column parent uuid references operation on delete cascade,
  -- Which of its parent's children it is. A retry is another operation of the same key; `retried` is the one it takes the place of.
  add column child_key text,
  add column retried boolean not null default false,
  -- How many children it has in all, begun or not; null: it is no parent, or does not know yet.
  add column child_total integer;
create index operation_of_parent on operation (parent, id) where parent is not null;
create index operation_without_parent on operation (id) where parent is null;

-- What active operations hold, each thing at most once. It has the name of the index that it replaces, which held targets only: older
-- releases know a conflict by that name.
drop index operation_active_target;
create table operation_claim (
  target_kind  text not null,
  target_id    text not null,
  target_name  text not null,
  operation_id uuid not null references operation on delete cascade,
  constraint operation_active_target primary key (target_kind, target_id)
);
create index claim_of_operation on operation_claim (operation_id);

-- By the database, so that claims are also taken and released for operations of a release that knows none. Always in one order, whoever
-- takes several: otherwise two could wait for each other.
create function take_operation_claims() returns trigger language plpgsql as $$
begin
  insert into operation_claim (target_kind, target_id, target_name, operation_id)
    select claim.kind, claim.id, claim.name, begun.id
    from begun cross join lateral jsonb_to_recordset(coalesce(begun.claims, jsonb_build_array(jsonb_build_object(
      'kind', begun.target_kind, 'id', begun.target_id, 'name', begun.target_name)))) as claim (kind text, id text, name text)
    where begun.state in ('pending','running','undoing','stuck')
    order by claim.kind, claim.id;
  return null;
end $$;
create trigger operation_begun after insert on operation referencing new table as begun
  for each statement execute function take_operation_claims();

create function follow_operation_claims() returns trigger language plpgsql as $$
begin
  if new.state in ('succeeded','failed','cancelled') then
    delete from operation_claim where operation_id = new.id;
  else
    insert into operation_claim (target_kind, target_id, target_name, operation_id)
      select claim.kind, claim.id, claim.name, new.id
      from jsonb_to_recordset(coalesce(new.claims, jsonb_build_array(jsonb_build_object(
        'kind', new.target_kind, 'id', new.target_id, 'name', new.target_name)))) as claim (kind text, id text, name text)
      order by claim.kind, claim.id;
  end if;
  return null;
end $$;
create trigger operation_ended_or_resumed after update on operation for each row
  when ((old.state in ('succeeded','failed','cancelled')) <> (new.state in ('succeeded','failed','cancelled')))
  execute function follow_operation_claims();

insert into operation_claim (target_kind, target_id, target_name, operation_id)
  select target_kind, target_id, target_name, id from operation where state in ('pending','running','undoing','stuck');
