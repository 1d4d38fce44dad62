-- engines: default mysql

-- In a file of several databases each table is of its own.
USE one;
CREATE TABLE a (id int PRIMARY KEY);
USE `two`;
CREATE TABLE a (id int PRIMARY KEY, one_id int, FOREIGN KEY (one_id) REFERENCES one.a (id));
ALTER TABLE two.a COMMENT 'of two';
