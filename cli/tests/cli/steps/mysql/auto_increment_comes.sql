-- from
CREATE TABLE t (code varchar(20) NOT NULL PRIMARY KEY, id bigint NOT NULL);
-- rows
INSERT INTO t VALUES ('a', 1);
-- to
CREATE TABLE t (code varchar(20) NOT NULL, id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY);
