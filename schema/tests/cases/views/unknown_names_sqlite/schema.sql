CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
CREATE VIRTUAL TABLE found USING fts5(title);

CREATE VIEW no_table AS SELECT id FROM peopel;
CREATE VIEW no_column AS SELECT id, nmae FROM people;
CREATE VIEW no_alias AS SELECT p.id, q.name FROM people p;

CREATE VIEW of_catalogue AS SELECT name FROM sqlite_schema;
CREATE VIEW of_text AS SELECT "nmae" AS a FROM people;
CREATE VIEW of_rowid AS SELECT rowid, oid FROM people;
CREATE VIEW of_search AS SELECT rank, found FROM found;
CREATE VIEW of_json AS SELECT j.value FROM people, json_each(people.name) AS j;
