-- from
CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, code varchar(20) NOT NULL);
-- rows
INSERT INTO t VALUES (1, 'a');
-- to
CREATE TABLE t (id bigint NOT NULL, code varchar(20) NOT NULL PRIMARY KEY);
