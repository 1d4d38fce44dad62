-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL) DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_bin;
-- rows
INSERT INTO t VALUES (1, 'a');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
