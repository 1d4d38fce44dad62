-- from
CREATE TABLE t (id bigserial PRIMARY KEY, n bigserial, m serial);
-- rows
INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES;
-- to
CREATE SEQUENCE t_n_seq;
CREATE SEQUENCE t_m_seq AS integer;
CREATE TABLE t (id bigserial PRIMARY KEY, n bigint NOT NULL, m integer NOT NULL);
ALTER SEQUENCE t_n_seq OWNED BY t.n;
ALTER SEQUENCE t_m_seq OWNED BY t.m;
