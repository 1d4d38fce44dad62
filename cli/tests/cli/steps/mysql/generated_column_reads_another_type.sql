-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n int NOT NULL, twice int GENERATED ALWAYS AS (n * 2) STORED, once int GENERATED ALWAYS AS (n + 1) VIRTUAL, KEY t_twice (twice), KEY t_once (once));
-- rows
INSERT INTO t (id, n) VALUES (1, 2);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n bigint NOT NULL, twice bigint GENERATED ALWAYS AS (n * 2) STORED, once int GENERATED ALWAYS AS (n + 1) VIRTUAL, KEY t_twice (twice), KEY t_once (once));
