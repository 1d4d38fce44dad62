-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) CHARACTER SET utf8mb3 NOT NULL);
-- rows
INSERT INTO t VALUES (1, 'a');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) CHARACTER SET utf8mb4 NOT NULL);
