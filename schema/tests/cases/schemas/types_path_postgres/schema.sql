-- engines: default postgres
-- server: equal

-- What a search_path finds: types, functions and collations of another schema, named without it.

CREATE SCHEMA kept;
SET search_path = kept, public;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN small AS positive CHECK (VALUE < 10);
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (mood mood, number positive);
CREATE COLLATION plain FROM "C";
CREATE FUNCTION worst(mood mood) RETURNS mood IMMUTABLE LANGUAGE sql AS 'SELECT mood';
CREATE FUNCTION first_number() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE people (
    id int PRIMARY KEY DEFAULT first_number(),
    number small,
    mood mood DEFAULT 'sad'::mood,
    moods mood[],
    pair pair,
    name text COLLATE plain,
    one int DEFAULT 1::positive,
    CHECK (mood <> ALL (ARRAY['happy'::mood])),
    CONSTRAINT not_worst CHECK (worst(mood) = CAST('sad' AS mood))
);
CREATE INDEX worst_moods ON people (worst(mood)) WHERE mood = 'sad'::mood;
ALTER TABLE people ADD COLUMN later mood DEFAULT 'happy'::mood;
ALTER TABLE people ALTER COLUMN later SET DEFAULT 'sad'::mood;
ALTER TABLE people ALTER COLUMN one TYPE positive;
CREATE VIEW moods_of_people AS TABLE people;
