-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a text NOT NULL, b integer NOT NULL);
-- rows
INSERT INTO t VALUES (1, 'x', 2);
-- to
CREATE FUNCTION shown(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a || '!' $$;
CREATE FUNCTION shown(a int4, lowest int DEFAULT 1) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT (a + lowest)::text $$;
CREATE TABLE t (
    id bigint NOT NULL PRIMARY KEY,
    a text NOT NULL,
    b integer NOT NULL,
    c text GENERATED ALWAYS AS (shown(a)) STORED,
    CONSTRAINT known CHECK (shown(b) <> '')
);
CREATE INDEX t_shown ON t (shown(b, 2));
