-- from
CREATE TABLE parents (id varchar(36) NOT NULL PRIMARY KEY);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent varchar(36) REFERENCES parents (id));
-- rows
INSERT INTO parents (id) VALUES ('0b9a1c3e-0000-4000-8000-000000000001');
-- to
CREATE TABLE parents (id uuid NOT NULL PRIMARY KEY);
