-- Which version of its kind an operation was begun with. A Control Server of the first release knows none: its rows are version 1.
alter table operation add column version integer not null default 1;
