-- engines: default postgres

CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, born date);
CREATE TABLE towns (id int PRIMARY KEY, people int REFERENCES people, size int);
CREATE VIEW adults AS SELECT id, name FROM people WHERE born < '2000-01-01';
CREATE VIEW lodgers AS SELECT people.name, t.size FROM people JOIN towns t ON t.people = people.id;
CREATE VIEW everybody AS SELECT * FROM adults;
CREATE VIEW all_people AS SELECT * FROM people;
WITH nothing AS (SELECT 1) SELECT 1;
CREATE VIEW common AS WITH people AS (SELECT id FROM towns) SELECT id FROM people;
ALTER TABLE people RENAME TO persons;
ALTER TABLE persons RENAME COLUMN name TO full_name;
ALTER TABLE persons ADD COLUMN later int;
ALTER TABLE persons DROP COLUMN IF EXISTS nothing;
ALTER TABLE towns RENAME COLUMN size TO inhabitants;
ALTER VIEW adults RENAME TO grown_ups;
CREATE SCHEMA app;
ALTER TABLE towns SET SCHEMA app;
