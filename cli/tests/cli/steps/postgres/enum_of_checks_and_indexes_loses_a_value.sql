-- from
CREATE TYPE mood AS ENUM ('new', 'well', 'ill');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood NOT NULL, n mood, CONSTRAINT t_m CHECK (m <> 'ill' OR id > 5), g boolean GENERATED ALWAYS AS (m = 'well') STORED);
CREATE INDEX t_well ON t (id) WHERE m = 'well';
CREATE VIEW v AS SELECT id FROM t WHERE m = 'well';
-- rows
INSERT INTO t (id, m) VALUES (1, 'well');
-- to
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood NOT NULL, n mood, CONSTRAINT t_m CHECK (m <> 'ill' OR id > 5), g boolean GENERATED ALWAYS AS (m = 'well') STORED);
CREATE INDEX t_well ON t (id) WHERE m = 'well';
CREATE VIEW v AS SELECT id FROM t WHERE m = 'well';
