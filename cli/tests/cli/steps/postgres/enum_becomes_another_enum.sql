-- from
CREATE TYPE warm AS ENUM ('red', 'orange');
CREATE TYPE cold AS ENUM ('blue', 'red');
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c warm, d cold);
-- rows
INSERT INTO a VALUES (1, 'red', 'red');
-- to
CREATE TYPE warm AS ENUM ('red', 'orange');
CREATE TYPE cold AS ENUM ('blue', 'red');
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c cold, d cold);
