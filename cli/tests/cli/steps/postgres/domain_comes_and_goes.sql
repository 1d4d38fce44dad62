-- from
CREATE DOMAIN title AS character varying(20);
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n title);
-- rows
INSERT INTO t VALUES (1, 'x');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n varchar(20));
