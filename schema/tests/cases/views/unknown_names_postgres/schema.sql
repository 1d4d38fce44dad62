-- engines: default postgres

CREATE EXTENSION pgcrypto;
CREATE TABLE people (id integer PRIMARY KEY, name text, tags text[]);
CREATE SEQUENCE numbers;
CREATE FUNCTION shouted(people) RETURNS text LANGUAGE sql AS 'SELECT upper($1.name)';
CREATE SCHEMA app;
CREATE TABLE app.orders (id integer PRIMARY KEY);

-- Nothing has these names.
CREATE VIEW no_table AS SELECT id FROM peopel;
CREATE VIEW no_column AS SELECT id, nmae FROM people;
CREATE VIEW no_alias AS SELECT p.id, q.name FROM people p;
CREATE VIEW no_star AS SELECT q.* FROM people p;
CREATE VIEW in_a_call AS SELECT id, lower(nmae) AS low FROM people;
CREATE VIEW in_a_query AS SELECT id, (SELECT max(o.idd) FROM app.orders o) AS last FROM people;

-- All of these are there, or may be.
CREATE VIEW of_catalogue AS SELECT relname FROM pg_class;
CREATE VIEW of_standard AS SELECT table_name FROM information_schema.tables;
CREATE VIEW of_other AS SELECT id FROM other.things;
CREATE VIEW of_sequence AS SELECT last_value FROM numbers;
CREATE VIEW of_query AS WITH peopel AS (SELECT id FROM people) SELECT id FROM peopel;
CREATE VIEW of_row AS SELECT p.shouted, p AS whole, p.ctid, p.tableoid FROM people p;
CREATE VIEW of_function AS SELECT g FROM generate_series(1, 2) AS g;
CREATE VIEW of_lateral AS SELECT p.id, t.tag FROM people p, LATERAL unnest(p.tags) AS t (tag);
CREATE VIEW of_words AS SELECT current_user AS a, current_date AS b, localtimestamp AS c FROM people;
CREATE VIEW of_path AS SELECT id FROM orders;
CREATE VIEW of_elements AS SELECT id, tags[1] AS tag FROM people;
CREATE VIEW of_zone AS SELECT id, now() AT TIME ZONE 'UTC' AS at FROM people;
CREATE VIEW of_those AS SELECT e.id, z.at FROM of_elements e JOIN of_zone z ON z.id = e.id;
