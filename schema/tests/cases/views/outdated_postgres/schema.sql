-- engines: default postgres

-- Views that read what is renamed are left out, but for those that are created again.
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, born date);
CREATE TABLE towns (id int PRIMARY KEY, people int REFERENCES people, size int);
CREATE TABLE streets (id int PRIMARY KEY, town int, name text);
CREATE VIEW adults AS SELECT id, name FROM people WHERE born < '2000-01-01';
CREATE VIEW sizes AS SELECT towns.size FROM towns;
CREATE VIEW ids AS SELECT id FROM streets;
CREATE VIEW named AS SELECT s.number FROM streets AS s (number, place);
CREATE VIEW all_streets AS SELECT * FROM streets;
CREATE VIEW of_all AS SELECT * FROM all_streets;
CREATE VIEW of_ids AS SELECT * FROM ids;
WITH nothing AS (SELECT 1) SELECT 1;
CREATE VIEW common AS WITH people AS (SELECT id FROM streets) SELECT id FROM people;
CREATE VIEW grown AS SELECT id, name FROM people;
CREATE VIEW gone AS SELECT id, name FROM people;
ALTER TABLE people RENAME TO persons;
CREATE OR REPLACE VIEW grown AS SELECT id, name FROM persons;
DROP VIEW gone;
ALTER TABLE towns RENAME COLUMN size TO inhabitants;
ALTER TABLE streets RENAME COLUMN name TO called;
ALTER TABLE streets DROP COLUMN town;
ALTER VIEW ids RENAME TO numbers;
CREATE TABLE moved (id int PRIMARY KEY);
CREATE VIEW of_moved AS SELECT id FROM moved;
CREATE SCHEMA app;
ALTER TABLE moved SET SCHEMA app;
