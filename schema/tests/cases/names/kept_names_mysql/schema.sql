-- engines: default mysql

-- Foreign keys without a name are counted.
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (
  x int, y int, z int,
  FOREIGN KEY (x) REFERENCES a (id),
  CONSTRAINT b_ibfk_4 FOREIGN KEY (y) REFERENCES a (id),
  FOREIGN KEY (z) REFERENCES a (id)
);
ALTER TABLE b DROP FOREIGN KEY b_ibfk_5;
ALTER TABLE b DROP FOREIGN KEY b_ibfk_1, ADD FOREIGN KEY (x) REFERENCES a (id) ON DELETE CASCADE;
