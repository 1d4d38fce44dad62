-- engines: default mysql

CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40));

CREATE VIEW no_table AS SELECT id FROM peopel;
CREATE VIEW no_column AS SELECT id, nmae FROM people;
CREATE VIEW no_alias AS SELECT p.id, q.name FROM people p;

CREATE VIEW of_catalogue AS SELECT table_name FROM information_schema.tables;
CREATE VIEW of_nothing AS SELECT 1 AS one FROM dual;
CREATE VIEW of_other AS SELECT id FROM other.things;
CREATE VIEW of_words AS SELECT utc_timestamp AS a, utc_date AS b FROM people;
