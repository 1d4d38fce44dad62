-- engines: default postgres

CREATE TYPE person AS (id int, name text COLLATE "C", born date);
CREATE TABLE people OF person (
  -- The number of the person.
  id WITH OPTIONS GENERATED ALWAYS AS IDENTITY,
  name NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  CHECK (name <> 'x')
);
CREATE TABLE more_people OF person;
CREATE TABLE unknown OF nothing (PRIMARY KEY (id));
CREATE TABLE holders (id int PRIMARY KEY, who int REFERENCES people (id), whole person);
