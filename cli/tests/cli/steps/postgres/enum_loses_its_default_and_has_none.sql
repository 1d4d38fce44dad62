-- from
CREATE TYPE mood AS ENUM ('new', 'well', 'ill');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood NOT NULL DEFAULT 'new');
-- rows
INSERT INTO t (id, m) VALUES (1, 'ill');
-- to
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood NOT NULL);
