-- from
CREATE FUNCTION next_mark(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a || '!' $$;
CREATE FUNCTION first_mark() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT next_mark('a') $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a text NOT NULL, CONSTRAINT marked CHECK (next_mark(a) <> ''));
CREATE TABLE u (id bigint NOT NULL PRIMARY KEY, a text DEFAULT first_mark(), b text DEFAULT next_mark('b'));
-- rows
INSERT INTO u (id) VALUES (1);
-- to
CREATE TABLE u (id bigint NOT NULL PRIMARY KEY, b text);
