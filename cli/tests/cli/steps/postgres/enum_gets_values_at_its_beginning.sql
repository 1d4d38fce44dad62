-- from
CREATE TYPE mood AS ENUM ('d');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood);
-- rows
INSERT INTO t (id, m) VALUES (1, 'd');
-- to
CREATE TYPE mood AS ENUM ('a', 'b', 'd', 'e');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood);
