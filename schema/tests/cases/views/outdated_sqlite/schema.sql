-- engines: default sqlite

-- Views that read what is renamed are left out. `*` is read anew each time.
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE towns (id INTEGER PRIMARY KEY, person INT, size INT);
CREATE VIEW names AS SELECT id, name FROM people;
CREATE VIEW lodgers AS SELECT people.name, t.size FROM people JOIN towns t ON t.person = people.id;
CREATE VIEW all_towns AS SELECT * FROM towns;
ALTER TABLE people RENAME COLUMN name TO full_name;
ALTER TABLE towns RENAME COLUMN size TO inhabitants;
CREATE VIEW ids AS SELECT id FROM people;
-- As SQLite's manual has tables made anew: the view reads what bears the name in the end.
CREATE TABLE new_people (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, born TEXT);
DROP TABLE people;
ALTER TABLE new_people RENAME TO people;
