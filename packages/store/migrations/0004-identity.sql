-- Users, their sessions, and console tickets. Nothing here can be turned back into a password, token or ticket.

create table app_user (
  id uuid primary key,
  username text not null unique,
  role text not null check (role in ('administrator', 'operator', 'viewer')),
  -- argon2id in PHC form: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
  password_hash text not null,
  must_change_password boolean not null default false,
  created_at timestamptz(3) not null
);
create index app_user_by_created_at on app_user (created_at, id);

create table session (
  id uuid primary key,
  user_id uuid not null references app_user (id) on delete cascade,
  -- SHA-256 of the token.
  token_hash bytea not null unique,
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3) not null,
  -- The absolute end; the idle end follows from `last_used_at`.
  expires_at timestamptz(3) not null
);
create index session_by_user on session (user_id);
create index session_by_expires_at on session (expires_at);

-- Sign-ins that have not succeeded, counted per account and address, per address, and per account.
create table login_failure (
  key text primary key,
  failures integer not null check (failures > 0),
  last_failed_at timestamptz(3) not null,
  blocked_until timestamptz(3) not null
);
create index login_failure_by_last_failed_at on login_failure (last_failed_at);

-- Where a user has signed in from: an attack from elsewhere must not lock the owner out.
create table login_address (
  user_id uuid not null references app_user (id) on delete cascade,
  address text not null,
  last_login_at timestamptz(3) not null,
  primary key (user_id, address)
);
create index login_address_by_last_login_at on login_address (last_login_at);

-- Deleted when redeemed: a ticket opens one console, once.
create table console_ticket (
  -- SHA-256 of the ticket.
  ticket_hash bytea primary key,
  kind text not null check (kind in ('display', 'serial')),
  user_id uuid not null references app_user (id) on delete cascade,
  instance_id uuid not null references instance (id) on delete cascade,
  node_id uuid not null references node (id) on delete cascade,
  expires_at timestamptz(3) not null
);
create index console_ticket_by_expires_at on console_ticket (expires_at);

-- When the newest byte of an upload was seen; one that stands still for a day is given up.
alter table image add column upload_progressed_at timestamptz(3);
