-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a integer GENERATED ALWAYS AS (id + 1) STORED, b integer GENERATED ALWAYS AS (a + 1) STORED, c integer GENERATED ALWAYS AS (b + 1) STORED);
CREATE INDEX by_c ON t (c);
-- rows
INSERT INTO t (id) VALUES (1);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (a + 1) STORED, c integer GENERATED ALWAYS AS (b + 1) STORED);
CREATE INDEX by_c ON t (c);
