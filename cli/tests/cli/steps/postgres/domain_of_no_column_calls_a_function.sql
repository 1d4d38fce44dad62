-- from
CREATE TABLE t (id integer PRIMARY KEY);
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE TABLE t (id integer PRIMARY KEY);
CREATE FUNCTION is_word(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 <> '' $$;
CREATE DOMAIN word AS text CHECK (is_word(VALUE));
