-- engines: default postgres
-- server: equal

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN tag AS text;
CREATE DOMAIN label AS text DEFAULT 'x' NOT NULL;
CREATE SEQUENCE numbers;
CREATE TABLE things (
    id serial PRIMARY KEY,
    own bigint NOT NULL,
    number bigint NOT NULL DEFAULT nextval('numbers'::regclass),
    feeling mood, two pair, tagged tag, labelled label,
    parent int REFERENCES things (id),
    CONSTRAINT named UNIQUE (number)
);
CREATE SEQUENCE own OWNED BY things.own START 5;
ALTER TYPE mood RENAME TO feeling;
ALTER TYPE pair RENAME ATTRIBUTE a TO first;
ALTER TYPE pair RENAME TO couple;
ALTER DOMAIN tag RENAME TO sticker;
ALTER DOMAIN sticker SET NOT NULL;
ALTER DOMAIN label DROP NOT NULL;
ALTER DOMAIN label DROP DEFAULT;
CREATE SCHEMA app;
ALTER TYPE feeling SET SCHEMA app;
ALTER SEQUENCE numbers RENAME TO counted;
ALTER INDEX things_pkey RENAME TO things_key;
ALTER TABLE named RENAME TO numbers_once;
ALTER TABLE things RENAME TO items;
ALTER TABLE items ALTER COLUMN id TYPE bigint;
CREATE TABLE couples OF couple (PRIMARY KEY (first));
CREATE SCHEMA gone;
CREATE TABLE gone.t (a int);
CREATE TYPE gone.e AS ENUM ('x');
DROP SCHEMA gone CASCADE;
CREATE TABLE app.other (f app.feeling);
ALTER SCHEMA app RENAME TO application;
