-- from
CREATE TABLE parents (id varchar(36) NOT NULL PRIMARY KEY, up varchar(36) REFERENCES parents (id));
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent varchar(36) CONSTRAINT children_parent REFERENCES parents (id));
-- rows
INSERT INTO parents (id) VALUES ('0b9a1c3e-0000-4000-8000-000000000001'); INSERT INTO children (id, parent) VALUES (1, '0b9a1c3e-0000-4000-8000-000000000001');
-- to
CREATE TABLE parents (id uuid NOT NULL PRIMARY KEY, up uuid REFERENCES parents (id));
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent uuid CONSTRAINT children_parent REFERENCES parents (id));
