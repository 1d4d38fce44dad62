-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE SCHEMA moods;
CREATE TYPE moods.mood AS ENUM ('fine', 'bad');
CREATE SCHEMA counts;
CREATE SEQUENCE counts.c;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m moods.mood, n bigint DEFAULT nextval('counts.c'));
CREATE SCHEMA seen;
CREATE VIEW seen.v AS SELECT id FROM t;
