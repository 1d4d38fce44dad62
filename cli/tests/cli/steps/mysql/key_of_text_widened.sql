-- from
CREATE TABLE parents (id varchar(20) NOT NULL PRIMARY KEY);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent varchar(20), CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id));
-- rows
INSERT INTO parents (id) VALUES (1); INSERT INTO children (id, parent) VALUES (1, 1);
-- to
CREATE TABLE parents (id varchar(36) NOT NULL PRIMARY KEY);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent varchar(36), CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id));
