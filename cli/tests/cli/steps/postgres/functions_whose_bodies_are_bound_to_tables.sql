-- from
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text NOT NULL);
-- rows
INSERT INTO p VALUES (1, 'x');
-- to
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text NOT NULL);
CREATE TABLE q (id bigint NOT NULL PRIMARY KEY);
CREATE FUNCTION after_in_q(lowest bigint) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM q WHERE id > lowest; END;
CREATE FUNCTION twice_in_q(lowest bigint) RETURNS bigint LANGUAGE sql STABLE RETURN after_in_q(lowest) * 2;
CREATE VIEW v AS SELECT id, twice_in_q(id) AS others FROM p;
