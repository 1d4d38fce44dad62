-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, tenant bigint NOT NULL);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent bigint, CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id));
-- rows
INSERT INTO parents VALUES (1, 2); INSERT INTO children VALUES (1, 1);
-- to
CREATE TABLE parents (id bigint NOT NULL, tenant bigint NOT NULL, PRIMARY KEY (tenant, id), UNIQUE KEY parents_id (id));
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent bigint, CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id));
