-- from
CREATE TABLE t (id integer PRIMARY KEY, num text NOT NULL);
-- rows
INSERT INTO t VALUES (1, '1.2');
-- to
CREATE TYPE pair AS (major integer, minor integer);
CREATE FUNCTION pair_of(text) RETURNS pair LANGUAGE sql IMMUTABLE AS $$ SELECT (split_part($1, '.', 1)::integer, split_part($1, '.', 2)::integer)::pair $$;
CREATE TABLE t (id integer PRIMARY KEY, num text NOT NULL);
CREATE INDEX t_pair ON t (pair_of(num));
