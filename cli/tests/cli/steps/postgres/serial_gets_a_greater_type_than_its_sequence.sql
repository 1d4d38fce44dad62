-- from
CREATE TABLE t (id serial PRIMARY KEY, x text);
-- rows
INSERT INTO t (x) VALUES ('a'), ('b');
-- to
CREATE SEQUENCE t_id_seq AS integer;
CREATE TABLE t (id bigint NOT NULL DEFAULT nextval('t_id_seq'::regclass) PRIMARY KEY, x text);
ALTER SEQUENCE t_id_seq OWNED BY t.id;
