-- from
CREATE TABLE t (id integer NOT NULL, k bigint NOT NULL, n integer GENERATED ALWAYS AS (k + 1) STORED, PRIMARY KEY (k));
CREATE INDEX i ON t (id, n);
CREATE TABLE u (id integer NOT NULL, k bigint NOT NULL, n integer GENERATED ALWAYS AS (k + 1) STORED, PRIMARY KEY (id));
CREATE INDEX i ON u (id, n);
-- rows
INSERT INTO t (id, k) VALUES (1, 1);
INSERT INTO u (id, k) VALUES (1, 1);
-- to
CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT, k bigint NOT NULL, n enum('a', 'b'), PRIMARY KEY (k));
CREATE INDEX i ON t (id, n);
CREATE INDEX j ON t (id, k);
CREATE TABLE u (id bigint NOT NULL AUTO_INCREMENT, k bigint NOT NULL, n enum('a', 'b'), PRIMARY KEY (id));
CREATE INDEX i ON u (id, n);
