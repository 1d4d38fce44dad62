-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c numeric(9,2));
CREATE INDEX i ON a (c);
CREATE INDEX j ON a (c);
-- rows
INSERT INTO a VALUES (1, 1.5);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c varchar(20));
CREATE INDEX i ON a (c);
CREATE INDEX k ON a (c);
