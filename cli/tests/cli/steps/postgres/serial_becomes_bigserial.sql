-- from
CREATE TABLE t (id serial PRIMARY KEY, n integer);
-- rows
INSERT INTO t (n) VALUES (1), (2);
-- to
CREATE TABLE t (id bigserial PRIMARY KEY, n integer);
