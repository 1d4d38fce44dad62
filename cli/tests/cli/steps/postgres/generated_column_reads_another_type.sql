-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n integer NOT NULL, twice integer GENERATED ALWAYS AS (n * 2) STORED);
CREATE INDEX t_twice ON t (twice);
-- rows
INSERT INTO t (id, n) VALUES (1, 2);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n bigint NOT NULL, twice bigint GENERATED ALWAYS AS (n * 2) STORED);
CREATE INDEX t_twice ON t (twice);
