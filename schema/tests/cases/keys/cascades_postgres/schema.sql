-- engines: default postgres
-- server: equal

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

-- However they write its name, and those that read such views too; a view that only calls something by its name stays.
CREATE TABLE Shelves (Id bigint PRIMARY KEY, Room text, Height int);
CREATE VIEW high AS SELECT nick, s.* FROM pets, SHELVES AS s;
CREATE VIEW higher AS SELECT nick FROM (SELECT * FROM High) AS found;
CREATE VIEW called AS SELECT id AS shelves FROM pets;
CREATE VIEW named AS WITH shelves AS (SELECT id FROM pets) SELECT id FROM shelves;
DROP TABLE shelves CASCADE;

-- A dropped view takes its readers along, a dropped column those that speak of it or of all columns.
CREATE TABLE boxes (id bigint PRIMARY KEY, size int, label text);
CREATE VIEW small AS SELECT id FROM boxes WHERE label = 'size';
CREATE VIEW smaller AS SELECT id FROM small;
CREATE VIEW smallest AS SELECT id FROM smaller;
CREATE VIEW sized AS SELECT b.id FROM boxes b JOIN pets p ON p.id = b.size;
CREATE VIEW whole AS SELECT b.* FROM boxes b;
CREATE VIEW counted AS SELECT count(*) AS n FROM boxes;
CREATE VIEW of_another AS SELECT p.id AS size FROM pets p, boxes b WHERE p.id = b.id;
DROP VIEW smaller CASCADE;
ALTER TABLE boxes DROP COLUMN size CASCADE;

-- A dropped type takes its columns along.
CREATE TYPE colour AS ENUM ('red', 'blue');
CREATE DOMAIN mark AS text;
CREATE TABLE balls (id bigint PRIMARY KEY, colour colour NOT NULL, mark mark, UNIQUE (colour));
CREATE VIEW coloured AS SELECT colour FROM balls;
DROP TYPE colour CASCADE;
DROP DOMAIN mark CASCADE;

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
