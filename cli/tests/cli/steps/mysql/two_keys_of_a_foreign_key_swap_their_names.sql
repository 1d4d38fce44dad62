-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, k bigint NOT NULL, CONSTRAINT u UNIQUE (id, k), CONSTRAINT v UNIQUE (k, id));
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, a bigint, k bigint, FOREIGN KEY (a, k) REFERENCES a (id, k));
-- rows
INSERT INTO a VALUES (1, 1);
INSERT INTO b VALUES (1, 1, 1);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, k bigint NOT NULL, CONSTRAINT v UNIQUE (id, k), CONSTRAINT u UNIQUE (k, id));
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, a bigint, k bigint, FOREIGN KEY (a, k) REFERENCES a (id, k));
