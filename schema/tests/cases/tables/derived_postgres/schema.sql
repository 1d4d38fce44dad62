-- engines: default postgres

-- A column written again is the inherited one.
CREATE TABLE base (id bigserial PRIMARY KEY, label text NOT NULL, note text DEFAULT 'x');
CREATE TABLE first (own int, id bigint PRIMARY KEY DEFAULT nextval('base_id_seq'), note text) INHERITS (base);
CREATE TABLE second (label text DEFAULT 'y', label text) INHERITS (base);

-- What a query gives is unknown as long as it is kept.
CREATE TABLE copy AS SELECT * FROM base;
CREATE UNIQUE INDEX copy_id ON copy (id);
ALTER TABLE copy ADD COLUMN late int;
DROP TABLE copy;
CREATE TABLE other WITH (fillfactor = 70) AS TABLE base;
-- @skip
CREATE TABLE left_out AS (SELECT 1 AS a);
CREATE TABLE kept AS WITH x AS (SELECT 1 AS a) SELECT * FROM x;
