-- from
CREATE TABLE t (code varchar(20) NOT NULL PRIMARY KEY);
-- rows
INSERT INTO t VALUES ('a'), ('b');
-- to
CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, code varchar(20) NOT NULL);
