-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a int, b int, CONSTRAINT t_ab CHECK (a < b));
-- rows
INSERT INTO t VALUES (1, 2, 3);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a int);
