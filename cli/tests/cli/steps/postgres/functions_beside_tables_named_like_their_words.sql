-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE FUNCTION is_clean(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE language (id bigint NOT NULL PRIMARY KEY, name text, CONSTRAINT is_clean CHECK (is_clean(name)));
CREATE FUNCTION languages() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM language';
CREATE FUNCTION first_language() RETURNS language LANGUAGE sql STABLE AS $$ SELECT l FROM language l LIMIT 1 $$;
CREATE VIEW counted AS SELECT languages() AS languages FROM t;
