-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, code integer NOT NULL, CONSTRAINT parents_code UNIQUE (code));
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, code integer REFERENCES parents (code));
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, code integer NOT NULL);
CREATE UNIQUE INDEX parents_code ON parents (code);
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, code integer REFERENCES parents (code));
