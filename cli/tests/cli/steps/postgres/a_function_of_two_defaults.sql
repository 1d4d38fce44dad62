-- from
CREATE TABLE other (id bigint NOT NULL PRIMARY KEY);
-- to
CREATE FUNCTION next_mark() RETURNS bigint LANGUAGE sql AS $$ SELECT 7::bigint $$;
CREATE TABLE other (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE a (id bigint NOT NULL DEFAULT next_mark() PRIMARY KEY);
CREATE TABLE b (id bigint NOT NULL DEFAULT next_mark() PRIMARY KEY);
