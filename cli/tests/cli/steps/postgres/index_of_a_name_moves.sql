-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x integer);
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, x integer);
CREATE INDEX by_x ON a (x);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x integer);
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, x integer);
CREATE INDEX by_x ON b (x);
