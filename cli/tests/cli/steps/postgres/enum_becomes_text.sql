-- from
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood NOT NULL DEFAULT 'well');
-- rows
INSERT INTO t (id) VALUES (1);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m text NOT NULL DEFAULT 'well');
