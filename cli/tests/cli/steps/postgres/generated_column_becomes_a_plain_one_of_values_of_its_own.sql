-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n bigint GENERATED ALWAYS AS (id + 1) STORED, m bigint GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT m_least CHECK (m > 0));
CREATE INDEX by_n ON t (n);
CREATE VIEW v AS SELECT id, n FROM t;
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n date, m boolean NOT NULL DEFAULT true);
CREATE INDEX by_n ON t (n);
CREATE VIEW v AS SELECT id, n FROM t;
