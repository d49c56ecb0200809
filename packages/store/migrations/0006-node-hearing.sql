-- Which Control Server hears which node: a node is what the one says that hears it best.

create table node_hearing (
  node_id    uuid not null references node (id) on delete cascade,
  -- Counts for as long as its lease `runner/<id>` lives.
  control_id uuid not null,
  state      text not null check (state in ('online', 'suspect')),
  primary key (node_id, control_id)
);
create index node_hearing_by_control on node_hearing (control_id);
