-- engines: default mysql

CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE copy SELECT * FROM a;
DROP TABLE copy;
CREATE TABLE typed (id int PRIMARY KEY, KEY (id)) ENGINE=InnoDB AS SELECT id, 1 AS more FROM a;
