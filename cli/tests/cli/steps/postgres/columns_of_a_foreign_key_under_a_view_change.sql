-- from
CREATE TABLE t (id varchar(20) NOT NULL PRIMARY KEY, a text);
CREATE TABLE u (id bigint NOT NULL PRIMARY KEY, t_id varchar(20), CONSTRAINT u_t FOREIGN KEY (t_id) REFERENCES t (id));
CREATE VIEW v AS SELECT t.id, u.id AS of FROM t JOIN u ON u.t_id = t.id;
CREATE VIEW w AS SELECT t_id FROM u;
-- rows
INSERT INTO t VALUES ('1', 'x');
INSERT INTO u VALUES (1, '1');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a text);
CREATE TABLE u (id bigint NOT NULL PRIMARY KEY, t_id bigint, CONSTRAINT u_t FOREIGN KEY (t_id) REFERENCES t (id));
CREATE VIEW v AS SELECT t.id + 1 AS id, u.id AS of FROM t JOIN u ON u.t_id = t.id;
CREATE VIEW w AS SELECT t_id * 2 AS t_id FROM u;
