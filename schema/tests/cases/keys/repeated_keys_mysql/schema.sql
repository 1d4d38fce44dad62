-- engines: default mysql
-- server: equal

-- Keys over columns that another key is over already: each is one of its own.
CREATE TABLE a (x int, y int, UNIQUE (x), UNIQUE (x), UNIQUE (y, x));
CREATE TABLE b (x int PRIMARY KEY, y int, UNIQUE (x), UNIQUE KEY named (x), UNIQUE (y), KEY (y));
CREATE TABLE c (x int UNIQUE, UNIQUE (x));
ALTER TABLE c ADD UNIQUE (x);
