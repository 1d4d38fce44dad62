-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a integer NOT NULL, CONSTRAINT positive CHECK (t.a > 0));
-- rows
INSERT INTO t VALUES (1, 2);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a bigint NOT NULL, b bigint GENERATED ALWAYS AS (t.id + 1) STORED, CONSTRAINT positive CHECK (t.a > 0), CONSTRAINT small CHECK (t.a < t.id * 100));
