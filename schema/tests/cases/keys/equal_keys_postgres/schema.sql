-- engines: default postgres
-- server: equal

-- Keys over the same columns: those of a CREATE TABLE that are equal are one, all others stay.
CREATE TABLE added (id int PRIMARY KEY, x int UNIQUE);
ALTER TABLE added ADD UNIQUE (x), ADD UNIQUE (x);
ALTER TABLE added ADD CONSTRAINT by_name UNIQUE (x);
CREATE TABLE named (id int PRIMARY KEY, x int, CONSTRAINT once UNIQUE (x));
ALTER TABLE named ADD UNIQUE (x);
CREATE TABLE later (id int PRIMARY KEY, x int, UNIQUE (x), UNIQUE (x) DEFERRABLE);
CREATE TABLE earlier (id int PRIMARY KEY, x int, UNIQUE (x) DEFERRABLE, UNIQUE (x));
CREATE TABLE both_late (id int PRIMARY KEY, x int, UNIQUE (x) DEFERRABLE, UNIQUE (x) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE no_null (id int PRIMARY KEY, x int, UNIQUE (x), UNIQUE NULLS NOT DISTINCT (x));
CREATE TABLE merged (id int PRIMARY KEY, x int, y int, UNIQUE (x, y), UNIQUE (x, y), UNIQUE (y) WITH (fillfactor=70), CONSTRAINT last UNIQUE (y));
CREATE TABLE key_too (id int PRIMARY KEY DEFERRABLE, UNIQUE (id), UNIQUE (id) DEFERRABLE);
CREATE TABLE key_late (id int PRIMARY KEY, UNIQUE (id), UNIQUE (id) DEFERRABLE);
CREATE TABLE dropped (id int PRIMARY KEY, x int UNIQUE, y int, UNIQUE (y), UNIQUE (y) DEFERRABLE);
ALTER TABLE dropped ADD UNIQUE (x);
ALTER TABLE dropped DROP CONSTRAINT dropped_x_key1, DROP CONSTRAINT dropped_y_key;
