-- What is known of a running machine beside its state: how often it was started, by what, and what keeps it from working. As its node
-- reported it last, and as it is shown (`Run` in the tables). And what it starts from.

alter table instance
  add column observed_run jsonb,
  add column run jsonb,
  add column boot_first text not null default 'disk' check (boot_first in ('disk', 'cd')),
  add column boot_menu boolean not null default false;
