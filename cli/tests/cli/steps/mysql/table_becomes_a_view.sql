-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n integer);
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, n integer);
CREATE VIEW c AS SELECT id FROM a;
-- rows
INSERT INTO a VALUES (1, 1);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n integer);
CREATE VIEW b AS SELECT id, n FROM a;
CREATE TABLE c (id bigint NOT NULL PRIMARY KEY);
