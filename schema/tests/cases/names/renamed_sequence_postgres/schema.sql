-- engines: default postgres

-- A sequence is renamed by ALTER TABLE as well.
CREATE TABLE things (id serial PRIMARY KEY, label text);
ALTER TABLE things_id_seq RENAME TO any_seq;
