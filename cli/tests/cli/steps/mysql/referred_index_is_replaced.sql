-- from
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, code int NOT NULL, UNIQUE KEY parents_code (code));
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, code int, CONSTRAINT f1 FOREIGN KEY (code) REFERENCES parents (code));
-- rows
INSERT INTO parents VALUES (1, 5); INSERT INTO t VALUES (1, 5);
-- to
CREATE TABLE parents (id bigint NOT NULL PRIMARY KEY, code int NOT NULL, n int, UNIQUE KEY parents_code (code), KEY parents_n (n));
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, code int);
