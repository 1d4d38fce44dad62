-- from
CREATE SCHEMA shop;
CREATE TYPE pair AS (major integer, minor integer);
CREATE TYPE shop.pair AS (minor integer);
CREATE FUNCTION pair_of(text) RETURNS pair LANGUAGE sql IMMUTABLE AS $$ SELECT (split_part($1, '.', 1)::integer, 2)::pair $$;
CREATE FUNCTION shop.pair_of(a text) RETURNS shop.pair LANGUAGE sql IMMUTABLE AS $$ SELECT ROW(split_part(a, '.', 2)::integer)::shop.pair $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, num text NOT NULL);
CREATE INDEX t_pair ON t (pair_of(num));
CREATE INDEX t_shop ON t (shop.pair_of(num));
-- rows
INSERT INTO t VALUES (1, '1.2');
-- to
CREATE SCHEMA shop;
CREATE TYPE pair AS (major integer, minor integer);
CREATE FUNCTION pair_of(text) RETURNS pair LANGUAGE sql IMMUTABLE AS $$ SELECT (split_part($1, '.', 1)::integer, 2)::pair $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, num text NOT NULL);
CREATE INDEX t_pair ON t (pair_of(num));
