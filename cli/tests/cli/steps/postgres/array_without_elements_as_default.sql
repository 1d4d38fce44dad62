-- from
CREATE TABLE t (id integer PRIMARY KEY);
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE TABLE t (id integer PRIMARY KEY, words text[] NOT NULL DEFAULT ARRAY[]::text[]);
