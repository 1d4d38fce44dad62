-- from
CREATE TABLE parents (id char(36) NOT NULL PRIMARY KEY);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent char(36) NOT NULL, KEY children_old (parent), CONSTRAINT children_old FOREIGN KEY (parent) REFERENCES parents (id));
-- rows
INSERT INTO parents VALUES ('a');
INSERT INTO children VALUES (1, 'a');
-- to
CREATE TABLE parents (id char(36) NOT NULL PRIMARY KEY);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent char(36) DEFAULT NULL, KEY children_new (parent), CONSTRAINT children_new FOREIGN KEY (parent) REFERENCES parents (id));
