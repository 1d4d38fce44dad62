-- engines: default mysql

CREATE TABLE a (i(id int PRIMARY KEY);
CREATE TABLE copy SELECT * FROM a;
DROP TAB copy;
CREATE TABLE typed (id int PRIMARY KEY, KEY (id)) ENGINE=InnoDB AS SÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿELECT id, 1 AS  rmeoFROM a;
