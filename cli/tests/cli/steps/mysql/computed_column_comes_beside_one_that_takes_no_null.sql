-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n integer);
-- rows
INSERT INTO a VALUES (1, 1);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, c integer GENERATED ALWAYS AS (id + 1) STORED, n integer NOT NULL);
