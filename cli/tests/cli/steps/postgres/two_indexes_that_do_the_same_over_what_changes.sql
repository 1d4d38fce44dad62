-- from
CREATE TYPE warm AS ENUM ('red', 'orange');
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c warm);
CREATE INDEX i ON a (c);
CREATE INDEX j ON a (c);
-- rows
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c integer GENERATED ALWAYS AS (id::integer) STORED);
CREATE INDEX i ON a (c);
CREATE INDEX j ON a (c);
