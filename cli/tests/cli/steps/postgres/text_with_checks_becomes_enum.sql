-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m text NOT NULL DEFAULT 'well', CONSTRAINT t_m CHECK (m IN ('well', 'ill')));
CREATE INDEX t_well ON t (id) WHERE m = 'well';
-- rows
INSERT INTO t (id) VALUES (1);
-- to
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood NOT NULL DEFAULT 'well');
CREATE INDEX t_well ON t (id) WHERE m = 'well';
