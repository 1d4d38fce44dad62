-- from
CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, tenant bigint NOT NULL);
-- rows
INSERT INTO t VALUES (1, 2);
-- to
CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT, tenant bigint NOT NULL, PRIMARY KEY (tenant, id), KEY t_id (id));
