-- from
CREATE FUNCTION next_mark() RETURNS bigint LANGUAGE sql AS $$ SELECT 7::bigint $$;
CREATE TABLE a (id bigint NOT NULL DEFAULT next_mark() PRIMARY KEY);
-- to
CREATE FUNCTION next_mark() RETURNS bigint LANGUAGE sql AS $$ SELECT 7::bigint $$;
CREATE TABLE a (id bigint NOT NULL DEFAULT next_mark() PRIMARY KEY);
CREATE TABLE b (id bigint NOT NULL DEFAULT next_mark() PRIMARY KEY);
