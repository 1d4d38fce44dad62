-- from
CREATE FUNCTION is_word(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 <> '' $$;
CREATE DOMAIN word AS text DEFAULT 'a' CONSTRAINT word_is_one CHECK (is_word(VALUE)) CHECK (VALUE <> '?');
CREATE DOMAIN mark AS integer;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a word, m mark);
CREATE VIEW v AS SELECT a FROM t;
-- rows
INSERT INTO t VALUES (1, 'b', 5);
-- to
CREATE FUNCTION is_short(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT length($1) < 9 $$;
CREATE DOMAIN word AS text NOT NULL DEFAULT 'c' CONSTRAINT word_is_one CHECK (is_short(VALUE)) CONSTRAINT word_check CHECK (VALUE <> '?');
CREATE DOMAIN mark AS integer CHECK (VALUE > 1) CHECK (VALUE < 9);
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a word, m mark);
CREATE VIEW v AS SELECT a FROM t;
