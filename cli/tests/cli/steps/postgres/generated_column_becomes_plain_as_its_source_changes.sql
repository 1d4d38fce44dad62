-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n integer, m integer GENERATED ALWAYS AS (n + 1) STORED);
-- rows
INSERT INTO a (id, n) VALUES (1, 1);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n text, m integer);
