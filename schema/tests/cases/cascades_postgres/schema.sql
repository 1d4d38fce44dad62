-- engines: default postgres

-- A dropped key takes the foreign keys to it along, where CASCADE says so.
CREATE TABLE owners (id bigint PRIMARY KEY, mail text NOT NULL UNIQUE, nick text NOT NULL, CONSTRAINT owners_nick UNIQUE (nick));
CREATE TABLE pets (
  id bigint PRIMARY KEY,
  owner bigint REFERENCES owners,
  mail text REFERENCES owners (mail),
  nick text REFERENCES owners (nick)
);
ALTER TABLE owners DROP CONSTRAINT owners_pkey CASCADE;
ALTER TABLE owners DROP CONSTRAINT owners_mail_key CASCADE;
ALTER TABLE owners ADD PRIMARY KEY (id);

-- So does a dropped table, and the views that read it go as well.
CREATE TABLE kinds (id bigint PRIMARY KEY, label text NOT NULL);
CREATE TABLE kinds_of_pets (pet bigint REFERENCES pets, kind bigint REFERENCES kinds, PRIMARY KEY (pet, kind));
CREATE VIEW labels AS SELECT label FROM kinds;
CREATE VIEW names AS SELECT nick FROM pets;
DROP TABLE IF EXISTS kinds CASCADE;

-- Attributes of composite types change, and the columns of typed tables with them.
CREATE TYPE place AS (street text, town varchar(40), gone int);
CREATE TABLE houses OF place (town NOT NULL, PRIMARY KEY (town));
CREATE TYPE dropped AS (a int);
DROP TYPE dropped;
ALTER TYPE place ADD ATTRIBUTE land char(2) CASCADE, DROP ATTRIBUTE IF EXISTS gone CASCADE;
ALTER TYPE place RENAME ATTRIBUTE town TO city CASCADE;
ALTER TYPE place ALTER ATTRIBUTE street SET DATA TYPE varchar(80) CASCADE;
ALTER TYPE place OWNER TO nobody;
CREATE TABLE shops (id bigint PRIMARY KEY, at place);
