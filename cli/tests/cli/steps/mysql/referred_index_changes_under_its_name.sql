-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, code int NOT NULL, n int, UNIQUE KEY parents_code (code));
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, code int, CONSTRAINT t_code FOREIGN KEY (code) REFERENCES parents (code));
-- rows
INSERT INTO parents VALUES (1, 5, 1); INSERT INTO t VALUES (1, 5);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, code int NOT NULL, n int, UNIQUE KEY parents_only_code (code), KEY parents_code (code, n));
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, code int, CONSTRAINT t_code FOREIGN KEY (code) REFERENCES parents (code));
