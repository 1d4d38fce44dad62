-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE t (p bigint NOT NULL, n bigint NOT NULL, PRIMARY KEY (p, n), CONSTRAINT t_parent FOREIGN KEY (p) REFERENCES parents (id));
-- rows
INSERT INTO parents VALUES (1); INSERT INTO t VALUES (1, 1);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE t (p bigint NOT NULL, n bigint NOT NULL, PRIMARY KEY (n, p), KEY t_p (p), CONSTRAINT t_parent FOREIGN KEY (p) REFERENCES parents (id));
