-- engines: default sqlite
-- server: equal

CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE towns (id INTEGER PRIMARY KEY, person INT, size INT);
CREATE VIEW names AS SELECT id, name FROM people;
CREATE VIEW lodgers AS SELECT people.name, size FROM people JOIN towns t ON t.person = people.id;
CREATE VIEW all_people AS SELECT * FROM people;
ALTER TABLE people RENAME TO persons;
ALTER TABLE persons RENAME COLUMN name TO full_name;
ALTER TABLE towns RENAME COLUMN size TO inhabitants;
ALTER TABLE persons ADD COLUMN later INT;
