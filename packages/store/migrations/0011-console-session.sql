-- A console belongs to the session that asked for it: it ends with the session, and so do its unused tickets.
-- Null: of a Control Server that does not know this yet.
alter table console_ticket add column session_id uuid references session (id) on delete cascade;
create index console_ticket_by_session on console_ticket (session_id);

-- A password that somebody else has set is good for setting an own one and for nothing else. Users of before are not cut off.
alter table app_user add column password_change_enforced boolean not null default false;
