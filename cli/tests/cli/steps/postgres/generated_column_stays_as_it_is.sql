-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(20) NOT NULL, low text GENERATED ALWAYS AS (lower(name)) STORED, CONSTRAINT t_low UNIQUE (low));
CREATE VIEW v AS SELECT id, low FROM t;
-- rows
INSERT INTO t (id, name) VALUES (1, 'A');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, low text GENERATED ALWAYS AS (lower(name)) STORED, CONSTRAINT t_low UNIQUE (low));
CREATE VIEW v AS SELECT id, low FROM t;
