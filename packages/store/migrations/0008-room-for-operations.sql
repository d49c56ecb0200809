-- Each operation is written twice after its insertion, mostly within a second. Where its page has room for that, the first of the
-- two writes touches no index.

alter table operation set (fillfactor = 50);
