-- An instance whose node was removed as lost: no node has it any more, and its disks are where that machine is.

alter table instance
  alter column node_id drop not null,
  drop constraint instance_state_check,
  add constraint instance_state_check check (
    state in ('creating', 'stopped', 'starting', 'running', 'stopping', 'rebooting', 'deleting', 'unknown', 'lost')
  ),
  add constraint instance_node_check check (node_id is not null or state in ('lost', 'deleting'));
