-- from
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a varchar(9) NOT NULL);
CREATE FUNCTION shown(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a || '!' $$;
CREATE VIEW v AS SELECT id, shown(a) AS shown FROM p;
-- rows
INSERT INTO p VALUES (1, 'x');
-- to
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a varchar(20) NOT NULL);
CREATE FUNCTION shown(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a || '!' $$;
CREATE VIEW v AS SELECT id, shown(a) AS shown FROM p;
CREATE VIEW w AS SELECT shown(shown) AS more FROM v;
