-- from
CREATE TABLE t (id integer PRIMARY KEY, n bigint NOT NULL, x text);
-- rows
INSERT INTO t VALUES (7, 3, 'a'), (9, 4, 'b');
-- to
CREATE TABLE t (id serial PRIMARY KEY, n bigserial, x text);
