-- Components that move, leave and are cut off; join tokens that are counted and named.

alter table component
  add column removed_at timestamptz(3);
create index component_removed on component (removed_at) where removed_at is not null;

-- Registrations are made anew by whoever is alive.
delete from registration;
alter table registration
  drop column host,
  drop column port,
  -- {hosts, port, machine}: see LinkEndpoint in the contracts.
  add column endpoint jsonb not null,
  add column version text not null,
  -- Names one start of one process: the same life may move, another one must wait until this is not heard any more.
  add column life uuid not null,
  add column clock_skew_ms bigint not null;
create index registration_by_data_server on registration (data_server_id);

-- Tokens live for minutes to days: those of the former form are not worth keeping.
delete from join_token;
alter table join_token
  add column id uuid not null unique,
  add column uses_left integer check (uses_left >= 0),
  add column created_by text,
  -- Kept for a while, so that whoever still holds it is told so.
  add column revoked_at timestamptz(3);
