-- engines: default mysql

-- A column is taken out of its keys and indexes.
CREATE TABLE a (
  x int NOT NULL, y int NOT NULL, z int,
  PRIMARY KEY (x, y),
  UNIQUE KEY xz (x, z),
  UNIQUE KEY ux (x),
  KEY yx (y, x),
  KEY kx (x)
);
ALTER TABLE a DROP COLUMN x;
