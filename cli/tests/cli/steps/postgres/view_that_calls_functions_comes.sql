-- from
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text NOT NULL);
-- rows
INSERT INTO p VALUES (1, 'x');
-- to
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text NOT NULL, n integer);
CREATE TABLE q (id bigint NOT NULL PRIMARY KEY);
CREATE FUNCTION twice(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a || a $$;
CREATE FUNCTION shown(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT twice(a) || '!' $$;
CREATE FUNCTION after_in_q(lowest bigint) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM q WHERE id > lowest $$;
CREATE VIEW v AS SELECT id, shown(a) AS shown, after_in_q(id) AS others FROM p;
CREATE VIEW w AS SELECT shown FROM v WHERE others > 0;
