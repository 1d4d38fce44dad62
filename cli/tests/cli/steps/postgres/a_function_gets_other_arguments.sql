-- from
CREATE FUNCTION shown(a integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a::text $$;
CREATE FUNCTION marked(a int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '*' || shown(a) $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, b integer NOT NULL, CONSTRAINT known CHECK (marked(b) <> ''));
CREATE VIEW v AS SELECT shown(b) AS shown FROM t;
-- rows
INSERT INTO t VALUES (1, 2);
-- to
CREATE FUNCTION shown(a integer, last text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a::text || last $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, b integer NOT NULL, CONSTRAINT known CHECK (shown(b, '') <> ''));
CREATE VIEW v AS SELECT shown(b, '.') AS shown FROM t;
