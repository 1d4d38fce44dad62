-- from
CREATE TABLE parents (id int NOT NULL PRIMARY KEY);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent int, CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id));
-- rows
INSERT INTO parents (id) VALUES (1);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
