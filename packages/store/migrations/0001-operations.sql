-- Operations (one transaction each), the events they leave, leases, and the keys that make a repeated request harmless.

create table lease (
  name       text primary key,
  holder     text not null,
  -- Grows with every acquisition and never falls: the fencing token.
  epoch      bigint not null,
  expires_at timestamptz not null
);

create table operation (
  -- UUIDv7: ordering by id is ordering by creation.
  id               uuid primary key,
  kind             text not null,
  state            text not null check (state in ('pending','running','undoing','succeeded','failed','cancelled','stuck')),
  target_kind      text not null,
  target_id        text not null,
  target_name      text not null,
  params           jsonb not null,
  -- What the actions so far have returned, merged.
  memory           jsonb not null,
  -- The journal: one entry per action, and the index of the action that is being run or undone.
  steps            jsonb not null,
  cursor           integer not null,
  progress         double precision not null default 0,
  error            jsonb,
  cancel_requested boolean not null default false,
  created_by_id    uuid,
  created_by_name  text,
  created_at       timestamptz not null default now(),
  ended_at         timestamptz,
  -- Who runs it; every journal write is guarded by both.
  runner           text not null,
  epoch            bigint not null
);

-- A target belongs to one operation at a time.
create unique index operation_active_target on operation (target_kind, target_id)
  where state in ('pending','running','undoing','stuck');
create index operation_active on operation (id) where state in ('pending','running','undoing','stuck');
create index operation_of_target on operation (target_id, id desc);
create index operation_of_state on operation (state, id desc);

create table idempotency (
  owner        text not null,
  key          text not null,
  request_hash text not null,
  operation_id uuid not null references operation on delete cascade deferrable initially deferred,
  created_at   timestamptz not null default now(),
  primary key (owner, key)
);

create table event (
  -- Before `seq`, so that a writer has its transaction id before it takes a number: src/event/settled-events.ts needs that.
  transaction  xid8 not null default pg_current_xact_id(),
  seq          bigint generated always as identity primary key,
  at           timestamptz not null default now(),
  kind         text not null,
  severity     text not null check (severity in ('info','warning','error')),
  subject_kind text not null,
  subject_id   text not null,
  subject_name text not null,
  data         jsonb not null,
  actor_id     uuid,
  actor_name   text,
  operation_id uuid
);
create index event_of_subject on event (subject_id, seq desc);
