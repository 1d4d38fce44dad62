-- from
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY);
-- rows
INSERT INTO p VALUES (1);
-- to
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE q (id bigint NOT NULL PRIMARY KEY);
CREATE FUNCTION in_q(lowest bigint) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM q WHERE id > lowest $$;
CREATE FUNCTION are_in_q(lowest bigint) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT in_q(lowest) > 0 $$;
CREATE VIEW v AS SELECT id, are_in_q(id) AS others FROM p;
