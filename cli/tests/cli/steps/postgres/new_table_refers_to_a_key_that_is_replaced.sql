-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, k bigint NOT NULL);
CREATE TABLE gone (id bigint NOT NULL PRIMARY KEY, parent bigint REFERENCES parents (id));
-- rows
INSERT INTO parents VALUES (1, 2);
-- to
CREATE TABLE parents (id bigint NOT NULL, k bigint NOT NULL, PRIMARY KEY (k, id), CONSTRAINT parents_id UNIQUE (id));
CREATE TABLE children (id bigint NOT NULL PRIMARY KEY, parent bigint REFERENCES parents (id));
