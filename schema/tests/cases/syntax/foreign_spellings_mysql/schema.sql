-- engines: default mysql

CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE c (at timestamptz, body jsonb, raw bytea, name character varying, tags text[], n number);
CREATE TABLE d (at timestamp with time zone);
CREATE TABLE e (id int) WITHOUT ROWID;
CREATE TABLE f (id int) INHERITS (a);
CREATE TABLE g (id int REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX ON a (id);
CREATE INDEX i ON a (id) WHERE id > 0;
ALTER TABLE a ALTER COLUMN id TYPE bigint;
CREATE TABLE h (g geometry, "i" inet6, t text(100), b blob(70000), s timestamp(6) AS ROW START);
