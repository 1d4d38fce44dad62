-- engines: default mysql
-- server: equal

-- A key without a name bears that of its first column; the next one gets a number.
CREATE TABLE a (
  id int PRIMARY KEY, x int, y int, z int,
  KEY (x), UNIQUE (x, y), KEY (x, z), UNIQUE KEY y (z), KEY (z)
);
-- The name that an index leaves is free again, and no other goes with it.
CREATE TABLE b (id int PRIMARY KEY, x varchar(20), y int UNIQUE, KEY x (x));
ALTER TABLE b ADD UNIQUE (x, y), ADD INDEX (x, id);
ALTER TABLE b DROP INDEX x;
ALTER TABLE b ADD FULLTEXT (x);
-- It stays when the column gets another.
CREATE TABLE c (id int PRIMARY KEY, x int, y int, KEY (x, y), KEY (y), UNIQUE (y));
ALTER TABLE c DROP INDEX y, CHANGE x w int;
