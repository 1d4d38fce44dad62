-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n integer NOT NULL, m integer NOT NULL, CONSTRAINT one UNIQUE (n), CONSTRAINT other UNIQUE (m));
CREATE TABLE u (id bigint NOT NULL PRIMARY KEY, n integer CONSTRAINT refers REFERENCES t (n));
CREATE INDEX first ON t (n, m);
CREATE INDEX second ON u (n);
-- rows
INSERT INTO t VALUES (1, 1, 1);
INSERT INTO u VALUES (1, 1);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n integer NOT NULL, m integer NOT NULL, CONSTRAINT other UNIQUE (n), CONSTRAINT one UNIQUE (m));
CREATE TABLE u (id bigint NOT NULL PRIMARY KEY, n integer CONSTRAINT refers REFERENCES t (n));
CREATE INDEX second ON t (n, m);
CREATE INDEX first ON u (n);
