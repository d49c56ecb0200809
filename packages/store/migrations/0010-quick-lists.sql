-- Every filter, sort and search of every list by an index; see the test components/control-server/src/list/quick-lists.component.test.ts.

-- Search by part of a name, of any length and without an extension: every three neighbouring characters of the name (and its
-- last two, and its last) are words, and two are the beginning of such. Of addresses, which are searched from the start of any of their groups, each such rest is a word, marked by `=`.
create function search_words(name text, addresses text[] default '{}') returns tsvector
  language sql immutable parallel safe
  -- Dear enough that no plan computes it for a whole table.
  cost 10000
as $$
  select array_to_tsvector(array(
    select substr(lower(name), at, 3) from generate_series(1, length(name)) as at
    union all
    select '=' || substr(lower(address), at) from unnest(addresses) as address, generate_series(1, length(address)) as at
    where at = 1 or substr(address, at - 1, 1) in ('.', ':')
  ))
$$;

-- Beside the instances: their own rows change with every state, and each change would write all words again.
create table instance_search (
  instance_id uuid primary key references instance (id) on delete cascade,
  words tsvector not null
);
insert into instance_search select id, search_words(name, array[address, mac_address]) from instance;
create index instance_search_by_word on instance_search using gin (words) with (gin_pending_list_limit = 256);

create function keep_instance_search() returns trigger language plpgsql as $$
begin
  insert into instance_search values (new.id, search_words(new.name, array[new.address, new.mac_address]))
    on conflict (instance_id) do update set words = excluded.words;
  return null;
end $$;
create trigger instance_made after insert on instance for each row execute function keep_instance_search();
create trigger instance_renamed after update of name, address, mac_address on instance for each row
  when ((old.name, old.address, old.mac_address) is distinct from (new.name, new.address, new.mac_address))
  execute function keep_instance_search();

drop index if exists instance_by_name_part;
create index node_by_word on node using gin (search_words(name)) with (gin_pending_list_limit = 256);
create index compute_pool_by_word on compute_pool using gin (search_words(name)) with (gin_pending_list_limit = 256);
create index image_by_word on image using gin (search_words(name)) with (gin_pending_list_limit = 256);

-- One per order and filter of a list, as far as there were none.
create index instance_by_state_and_name on instance (state, name, id);
create index instance_by_node_and_name on instance (node_id, name, id);
drop index disk_by_image;
create index disk_by_image on disk (image_id, position, instance_id) where image_id is not null;
drop index node_by_compute_pool;
create index node_by_compute_pool on node (compute_pool_id, name);
create index node_by_name on node (name, id);
create index compute_pool_by_name on compute_pool (name, id);
create index image_by_state on image (state, created_at, id);
create index image_by_kind on image (kind, created_at, id);
create index operation_of_kind on operation (kind, id desc);
create index operation_of_target_kind on operation (target_kind, id desc);
create index operation_of_target_name on operation (target_name, id desc);
create index event_of_kind on event (kind, seq desc);
create index event_of_subject_kind on event (subject_kind, seq desc);
-- Most are `info`, and found by walking.
create index event_of_severity on event (severity, seq desc) where severity <> 'info';
