-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a int, b int, s int GENERATED ALWAYS AS (a + 1) STORED);
-- rows
INSERT INTO t (id, a, b) VALUES (1, 2, 3);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, b int, s int GENERATED ALWAYS AS (b + 1) STORED);
