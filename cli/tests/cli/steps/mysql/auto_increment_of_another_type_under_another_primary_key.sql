-- from
CREATE TABLE t (id int NOT NULL, k bigint NOT NULL, PRIMARY KEY (k, id), CONSTRAINT t_id UNIQUE (id));
-- rows
INSERT INTO t VALUES (1, 2);
-- to
CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT, k bigint NOT NULL, PRIMARY KEY (id));
