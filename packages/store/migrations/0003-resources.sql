-- Compute pools, nodes, images, instances and their disks. Sizes are whole bytes.

create table compute_pool (
  id uuid primary key,
  name text not null unique,
  description text not null default '',
  storage_mode text not null default 'local',
  network_mode text not null default 'private',
  -- Promised cores per physical core, promised disk bytes per byte of disk, at most.
  cpu_overcommit double precision not null check (cpu_overcommit >= 1),
  disk_overcommit double precision not null check (disk_overcommit >= 1),
  created_at timestamptz(3) not null default now()
);

-- Every domain starts with one pool; its first nodes join it.
insert into compute_pool (id, name, cpu_overcommit, disk_overcommit) values (gen_random_uuid(), 'default', 8, 4);

create table node (
  -- The id of its Node Client.
  id uuid primary key,
  name text not null unique,
  compute_pool_id uuid references compute_pool (id),
  state text not null check (state in ('online', 'suspect', 'offline')),
  state_since timestamptz(3) not null,
  schedulable boolean not null default true,
  address text,
  facts jsonb,
  joined_at timestamptz(3) not null,
  -- `*_total`: what the machine has and may give to instances (memory: less the system's reserve), before overcommit.
  -- `*_promised`: the sum over its instances, kept by the claim and release statements alone. A machine may come back
  -- smaller than what it has promised, so no constraint ties the two: the claim's condition does.
  cores_total integer not null default 0 check (cores_total >= 0),
  cores_promised integer not null default 0 check (cores_promised >= 0),
  memory_bytes_total bigint not null default 0 check (memory_bytes_total >= 0),
  memory_bytes_promised bigint not null default 0 check (memory_bytes_promised >= 0),
  disk_bytes_total bigint not null default 0 check (disk_bytes_total >= 0),
  disk_bytes_promised bigint not null default 0 check (disk_bytes_promised >= 0),
  instance_count integer not null default 0 check (instance_count >= 0)
);
create index node_by_compute_pool on node (compute_pool_id);

create table image (
  id uuid primary key,
  name text not null unique,
  description text not null default '',
  kind text not null check (kind in ('iso', 'disk')),
  state text not null check (state in ('uploading', 'checking', 'ready', 'failed', 'deleting')),
  -- The Storage Server that keeps the bytes.
  storage_server_id uuid,
  size_bytes bigint not null check (size_bytes >= 0),
  uploaded_bytes bigint not null default 0 check (uploaded_bytes >= 0),
  format text check (format in ('raw', 'qcow2', 'iso9660')),
  virtual_size_bytes bigint,
  -- What the uploader said it would be; null: nothing was said.
  expected_sha256 text,
  sha256 text,
  error jsonb,
  created_at timestamptz(3) not null,
  check (state <> 'ready' or (format is not null and virtual_size_bytes is not null and sha256 is not null))
);
create index image_by_created_at on image (created_at, id);

create table instance (
  id uuid primary key,
  name text not null,
  compute_pool_id uuid not null references compute_pool (id),
  -- Has promised its capacity since the row exists.
  node_id uuid not null references node (id),
  state text not null check (
    state in ('creating', 'stopped', 'starting', 'running', 'stopping', 'rebooting', 'deleting', 'unknown')
  ),
  state_since timestamptz(3) not null,
  stop_reason text,
  stop_detail text,
  -- Of the newest order given; every order raises it, and a node refuses an older one.
  generation bigint not null check (generation >= 1),
  -- The newest report of its node; an older one never wins. What is shown (`state`) follows it whenever no operation works
  -- on the instance.
  observed_generation bigint not null default 0,
  observed_sequence bigint not null default 0,
  observed_state text check (observed_state in ('prepared', 'running', 'stopped', 'missing')),
  observed_stop_reason text,
  observed_stop_detail text,
  cores integer not null check (cores > 0),
  memory_bytes bigint not null check (memory_bytes > 0),
  mac_address text not null unique,
  address text,
  iso_image_id uuid references image (id),
  -- The placement's candidates with their reasons, as chosen at creation.
  placement jsonb not null default '[]',
  created_at timestamptz(3) not null,
  unique (compute_pool_id, name)
);
-- One per order and filter of the list; all end in what pages continue from.
create index instance_by_created_at on instance (created_at, id);
create index instance_by_name on instance (name, id);
create index instance_by_compute_pool on instance (compute_pool_id, created_at, id);
create index instance_by_node on instance (node_id, created_at, id);
create index instance_by_state on instance (state, created_at, id);
create index instance_by_iso on instance (iso_image_id) where iso_image_id is not null;

create table disk (
  id uuid primary key,
  instance_id uuid not null references instance (id) on delete cascade,
  position smallint not null check (position >= 0),
  size_bytes bigint not null check (size_bytes > 0),
  image_id uuid references image (id),
  unique (instance_id, position)
);
create index disk_by_image on disk (image_id) where image_id is not null;

-- Search by part of the name. Without the extension the search still works, only slower.
do $$
begin
  create extension if not exists pg_trgm;
  create index instance_by_name_part on instance using gin (name gin_trgm_ops);
exception when others then
  raise notice 'pg_trgm is not available: searching instances by part of the name reads the whole table';
end $$;
