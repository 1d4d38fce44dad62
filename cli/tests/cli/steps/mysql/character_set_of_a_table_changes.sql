-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, body text) DEFAULT CHARSET=utf8mb3;
-- rows
INSERT INTO t VALUES (1, 'a', 'b');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, body text) DEFAULT CHARSET=utf8mb4;
