-- from
CREATE TABLE a (id integer NOT NULL, k bigint NOT NULL, PRIMARY KEY (id), CONSTRAINT u UNIQUE (id, k), CONSTRAINT v UNIQUE (k, id));
CREATE TABLE b (id integer NOT NULL, k bigint NOT NULL, c bigint, PRIMARY KEY (k));
CREATE INDEX i ON b (id, c);
CREATE INDEX j ON b (k, id);
-- rows
INSERT INTO a VALUES (1, 1), (2, 1);
INSERT INTO b VALUES (1, 1, 1);
-- to
CREATE TABLE a (id bigint NOT NULL AUTO_INCREMENT, k bigint NOT NULL, PRIMARY KEY (id, k), CONSTRAINT v UNIQUE (id), CONSTRAINT u UNIQUE (k, id));
CREATE TABLE b (id integer NOT NULL AUTO_INCREMENT, k bigint NOT NULL, c bigint, PRIMARY KEY (k));
CREATE INDEX j ON b (id);
CREATE INDEX i ON b (k, id);
