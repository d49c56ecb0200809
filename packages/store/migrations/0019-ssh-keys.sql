-- Public keys of users. The two constraints are also the indexes of the list by name and of the look for a key.

create table ssh_key (
  id uuid primary key,
  owner_id uuid not null references app_user (id) on delete cascade,
  name text not null,
  type text not null,
  bits integer not null,
  -- SHA-256 of the key as sshd computes it: `SHA256:…`.
  fingerprint text not null,
  public_key text not null,
  comment text not null,
  created_at timestamptz(3) not null,
  unique (owner_id, name),
  unique (owner_id, fingerprint)
);
