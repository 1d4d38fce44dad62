-- from
CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int, b int);
-- to
CREATE TABLE t (id int NOT NULL PRIMARY KEY, a bigint, b bigint);
