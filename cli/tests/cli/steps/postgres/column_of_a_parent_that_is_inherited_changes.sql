-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, n integer, gone text);
CREATE TABLE children (extra integer, PRIMARY KEY (id)) INHERITS (parents);
-- rows
INSERT INTO children (id, extra) VALUES (1, 2);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, n bigint DEFAULT 3);
CREATE TABLE children (extra integer, PRIMARY KEY (id)) INHERITS (parents);
