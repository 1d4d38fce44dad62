-- from
CREATE FUNCTION token() RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$;
CREATE FUNCTION half(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT a / 2 $$;
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text NOT NULL DEFAULT token(), b integer CHECK (half(b) > 1));
-- rows
INSERT INTO p VALUES (1, 'x', 4);
-- to
CREATE SEQUENCE tokens CYCLE;
CREATE FUNCTION token() RETURNS text LANGUAGE sql AS $$ SELECT 'b' || nextval('tokens')::text $$;
CREATE FUNCTION half(a integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN a / 2; END $$;
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text NOT NULL DEFAULT token(), b integer CHECK (half(b) > 1));
