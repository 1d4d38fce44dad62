-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, p bigint, CONSTRAINT t_parent FOREIGN KEY (p) REFERENCES parents (id));
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);
