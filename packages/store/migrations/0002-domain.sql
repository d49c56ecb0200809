-- The domain, who has joined it, and where its components are. Shared by all Data Servers, so that any of them may die.

create table domain (
  singleton boolean primary key default true check (singleton),
  id uuid not null,
  name text not null,
  -- PEM. Whoever reads the key can join anything to the domain: it is as secret as the database itself.
  ca_certificate text not null,
  ca_private_key text not null,
  created_at timestamptz(3) not null
);

create table join_token (
  -- SHA-256 of the token's secret.
  secret_hash bytea primary key,
  roles jsonb not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null
);

create table component (
  id uuid primary key,
  type text not null,
  -- SHA-256 of its public key (SubjectPublicKeyInfo): the proof of its identity for life.
  public_key_sha256 text not null,
  joined_at timestamptz(3) not null
);

create table registration (
  component_id uuid primary key references component (id) on delete cascade,
  name text not null,
  host text not null,
  port integer not null check (port between 1 and 65535),
  state text not null check (state in ('online', 'suspect', 'gone')),
  since timestamptz(3) not null,
  -- The Data Server that hears it and judges its state, for as long as the lease `data-server/<id>` lives.
  data_server_id uuid not null,
  -- Names this registration: a later one of the same component has another, and nobody writes for a registration that is past.
  session uuid not null,
  is_open boolean not null
);
