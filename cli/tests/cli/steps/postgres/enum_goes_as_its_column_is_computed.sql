-- from
CREATE TYPE warm AS ENUM ('red', 'orange');
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n integer, c warm);
-- rows
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n integer, c integer GENERATED ALWAYS AS (n + 1) STORED);
