-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n integer NOT NULL, m integer NOT NULL, CONSTRAINT one UNIQUE (n), CONSTRAINT other UNIQUE (m));
-- rows
INSERT INTO t VALUES (1, 1, 1);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n integer NOT NULL, m integer NOT NULL, CONSTRAINT other UNIQUE (n), CONSTRAINT one UNIQUE (m));
