-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n integer GENERATED ALWAYS AS (id + 1) STORED, m smallint GENERATED ALWAYS AS (id + 1) STORED);
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n bigint DEFAULT 7, m text NOT NULL DEFAULT 'y');
