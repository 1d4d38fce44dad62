-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE children (extra integer, PRIMARY KEY (id)) INHERITS (parents);
-- rows
INSERT INTO children (id, extra) VALUES (1, 2);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, name text);
CREATE TABLE children (extra integer, PRIMARY KEY (id)) INHERITS (parents);
