-- engines: default postgres

-- What stands inside CREATE SCHEMA is of that schema.
CREATE SCHEMA shop AUTHORIZATION owner
  CREATE TABLE item (
    id int PRIMARY KEY -- its number
  )
  CREATE TABLE line (item_id int REFERENCES item, part int)
  CREATE VIEW items AS SELECT id FROM item
  CREATE INDEX line_item ON line (item_id)
  GRANT SELECT ON item TO reader;
ALTER TABLE shop.item ADD COLUMN name text;

-- Guarded statements are read; what is there already stays.
DO $$ BEGIN
  CREATE TYPE mood AS ENUM ('good', 'bad');
EXCEPTION
  WHEN duplicate_object THEN null;
END $$;
CREATE TABLE person (id int PRIMARY KEY, mood mood, old int, parent int);
DO $do$
DECLARE found int; -- CREATE TABLE in_a_comment (id int);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
    CREATE TYPE mood AS ENUM ('other');
  END IF;
  IF EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'old') THEN
    ALTER TABLE person RENAME COLUMN old TO new;
  ELSE
    ALTER TABLE person ADD COLUMN id int, ADD COLUMN late text;
  END IF;
  ALTER TABLE person ADD CONSTRAINT person_parent FOREIGN KEY (parent) REFERENCES person (id) ON DELETE CASCADE;
  ALTER TABLE person ADD CONSTRAINT person_parent FOREIGN KEY (parent) REFERENCES person (id);
  CREATE TABLE person (id int);
  CREATE TABLE note (id int PRIMARY KEY);
  ALTER TABLE nowhere ADD COLUMN x int;
  CREATE INDEX note_id ON note (id);
  CREATE INDEX note_id ON note (id);
  EXECUTE 'CREATE TABLE unseen (id int)';
  PERFORM 1;
END;
$do$ LANGUAGE plpgsql;
DO LANGUAGE plpgsql $$ BEGIN PERFORM 1; END $$;
