-- engines: default sqlite
-- server: equal

-- A table is made anew under another name, and the keys that refer to it wait for its own name to come back.
CREATE TABLE film (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE scene (id INTEGER PRIMARY KEY, film INTEGER REFERENCES film (id), prop INTEGER REFERENCES Prop (id));
CREATE TABLE film_new (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
DROP TABLE film;
ALTER TABLE film_new RENAME TO film;
ALTER TABLE film RENAME TO movie;
-- This one is referred to before it is there.
CREATE TABLE prop (id INTEGER PRIMARY KEY, "name" TEXT);
ALTER TABLE prop RENAME TO thing;
