-- engines: default postgres
-- server: equal

-- A default stays what it is when its column gets another type.
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE t (
  a varchar(10) DEFAULT 'x',
  b mood DEFAULT 'glad',
  c int DEFAULT 5,
  d timestamp DEFAULT '2000-01-01',
  e varchar(15) DEFAULT NULL,
  f int DEFAULT NULL,
  g text DEFAULT 'q',
  h varchar DEFAULT 'z',
  i char(3) DEFAULT 'ab',
  j varchar(9) DEFAULT 'k'::character varying,
  k text DEFAULT lower('X'),
  l timestamp DEFAULT now()
);
ALTER TABLE t
  ALTER a TYPE text,
  ALTER b TYPE text,
  ALTER c TYPE bigint,
  ALTER d TYPE timestamptz,
  ALTER e TYPE text,
  ALTER f TYPE bigint,
  ALTER g TYPE varchar(20),
  ALTER h TYPE varchar(40),
  ALTER i TYPE text,
  ALTER j TYPE text,
  ALTER k TYPE varchar(30),
  ALTER l TYPE timestamptz;
