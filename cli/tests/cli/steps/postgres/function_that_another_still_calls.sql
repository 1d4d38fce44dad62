-- from
CREATE FUNCTION inner_mark(a text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN a || '!'; END $$;
CREATE FUNCTION outer_mark(a text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN inner_mark(a); END $$;
CREATE FUNCTION other_mark(a text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN inner_mark(a) || '?'; END $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a text DEFAULT outer_mark('a'), b text DEFAULT other_mark('b'));
-- rows
INSERT INTO t (id) VALUES (1);
-- to
CREATE FUNCTION inner_mark(a text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN a || '!'; END $$;
CREATE FUNCTION other_mark(a text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN inner_mark(a) || '?'; END $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a text, b text DEFAULT other_mark('b'));
