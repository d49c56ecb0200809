-- NICs of instances, with the address that the Control Server gives each: no two of a node have the same. `instance.address` is what its
-- node reports; an address that a node has chosen by itself (it is older, or what it was given is in use on its machine) is adopted.

create table nic (
  instance_id uuid not null references instance (id) on delete cascade,
  position smallint not null check (position >= 0),
  -- As the instance's: an address is one of a node's range.
  node_id uuid references node (id) on delete set null,
  mode text not null,
  mac_address text not null unique,
  address inet check (family(address) = 4 and masklen(address) = 32),
  primary key (instance_id, position)
);
create unique index nic_address on nic (node_id, address);

insert into nic (instance_id, position, node_id, mode, mac_address, address)
select id, 0, node_id, 'private', mac_address,
  case when address ~ '^\d{1,3}(\.\d{1,3}){3}$'
    and row_number() over (partition by node_id, address order by created_at, id) = 1 then address::inet end
from instance;

-- Also for Control Servers of the release before, which write instances only.
create function nic_follows_instance() returns trigger language plpgsql as $$
begin
  if new.node_id is distinct from old.node_id then
    update nic set node_id = new.node_id where instance_id = new.id;
  end if;
  if new.address is null or exists (
    select from nic where node_id = new.node_id and host(address) = new.address
  ) then
    return null;
  end if;
  begin
    insert into nic (instance_id, position, node_id, mode, mac_address, address)
    values (new.id, 0, new.node_id, 'private', new.mac_address, new.address::inet)
    on conflict (instance_id, position) do update set address = excluded.address;
  exception when unique_violation or invalid_text_representation or check_violation then
    -- What was given stays as it was; what is reported is shown all the same.
    null;
  end;
  return null;
end $$;
create trigger nic_follows_instance after update of node_id, address on instance for each row
  when ((old.node_id, old.address) is distinct from (new.node_id, new.address))
  execute function nic_follows_instance();
