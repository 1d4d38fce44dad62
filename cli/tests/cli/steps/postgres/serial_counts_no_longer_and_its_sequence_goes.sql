-- from
CREATE TABLE t (id bigserial PRIMARY KEY, n bigserial, m serial);
-- rows
INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES;
-- to
CREATE TABLE t (id bigint PRIMARY KEY, n bigint, m integer NOT NULL);
