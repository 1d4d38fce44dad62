-- from
CREATE TABLE a (id integer NOT NULL PRIMARY KEY, n bigint, m bigint);
CREATE INDEX i ON a (id, n);
-- rows
INSERT INTO a VALUES (1, 1, 1);
-- to
CREATE TABLE a (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, n bigint, m bigint);
CREATE INDEX j ON a (id, n);
CREATE INDEX i ON a (id, m);
