-- engines: default postgres
-- server: equal

-- Columns that an index holds beside its own: part of its name, renamed and dropped with their columns.
CREATE TABLE a (
  a int,
  b int,
  "C d" text,
  e int,
  UNIQUE (a) INCLUDE (b, "C d"),
  PRIMARY KEY (b) INCLUDE (e)
);
CREATE INDEX ON a (e) INCLUDE (b);
CREATE INDEX ON a (lower("C d"), e) INCLUDE ("C d");
ALTER TABLE a RENAME COLUMN "C d" TO f;
ALTER TABLE a RENAME COLUMN e TO g;

CREATE TABLE b (a int, b int, c int, d int, UNIQUE (a) INCLUDE (b), UNIQUE (c) INCLUDE (d));
CREATE INDEX ON b (a) INCLUDE (b);
CREATE UNIQUE INDEX kept ON b (a) INCLUDE (c);
ALTER TABLE b DROP COLUMN b;
ALTER TABLE b DROP CONSTRAINT b_c_d_key;

CREATE TABLE c (a int, b int, UNIQUE (a) INCLUDE (b));
ALTER TABLE c ADD UNIQUE (a) INCLUDE (b);
ALTER TABLE c DROP CONSTRAINT c_a_b_key;
