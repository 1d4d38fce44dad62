-- from
CREATE TABLE parents (id varchar(20) NOT NULL PRIMARY KEY) DEFAULT CHARSET=utf8mb3;
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent varchar(20), CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id)) DEFAULT CHARSET=utf8mb3;
-- rows
INSERT INTO parents (id) VALUES (1); INSERT INTO children (id, parent) VALUES (1, 1);
-- to
CREATE TABLE parents (id varchar(20) NOT NULL PRIMARY KEY) DEFAULT CHARSET=utf8mb4;
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent varchar(20), CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id)) DEFAULT CHARSET=utf8mb4;
