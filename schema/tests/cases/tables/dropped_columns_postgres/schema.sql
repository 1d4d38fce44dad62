-- engines: default postgres

-- Keys, indexes and checks go whole.
CREATE TABLE a (
  id int PRIMARY KEY,
  x int, y int, z int, w int,
  twice int GENERATED ALWAYS AS (x * 2) STORED,
  UNIQUE (x, y),
  UNIQUE (y, z),
  CHECK (x < y),
  CHECK (y < z)
);
CREATE INDEX by_x ON a (y, abs(x));
CREATE INDEX some ON a (y) WHERE x > 0;
CREATE INDEX by_y ON a (y);
ALTER TABLE a ADD UNIQUE (w);
CREATE TABLE b (id int PRIMARY KEY, w int REFERENCES a (w), id_a int REFERENCES a (id));
ALTER TABLE a DROP COLUMN x CASCADE, DROP w CASCADE;
ALTER TABLE a DROP COLUMN IF EXISTS nothing RESTRICT;
