-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, p bigint, n int, KEY t_p (p, n), CONSTRAINT t_parent FOREIGN KEY (p) REFERENCES parents (id));
-- rows
INSERT INTO parents VALUES (1); INSERT INTO t VALUES (1, 1, 1);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, p bigint, n int, CONSTRAINT t_parent FOREIGN KEY (p) REFERENCES parents (id));
