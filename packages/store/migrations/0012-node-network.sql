-- What a node last said of the network of its guests: which life of its Node Client, how far that had come, and what is wrong now. Null: nothing.

alter table node add column network jsonb;
