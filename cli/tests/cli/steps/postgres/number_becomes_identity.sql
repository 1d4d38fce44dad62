-- from
CREATE TABLE t (id bigint PRIMARY KEY, n integer);
-- rows
INSERT INTO t (id, n) VALUES (4, 1);
-- to
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer);
