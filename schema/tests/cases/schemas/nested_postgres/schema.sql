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
  IF to_regclass('note') IS NULL THEN
    ALTER TABLE person ADD CONSTRAINT person_parent FOREIGN KEY (parent) REFERENCES person (id) ON DELETE CASCADE;
    ALTER TABLE person ADD CONSTRAINT person_parent FOREIGN KEY (parent) REFERENCES person (id);
    CREATE TABLE person (id int);
    ALTER TABLE nowhere ADD COLUMN x int;
    BEGIN
      CREATE TABLE note (id int PRIMARY KEY);
    EXCEPTION WHEN duplicate_table THEN
      ALTER TABLE note ADD COLUMN late text;
    END;
  END IF;
  CREATE INDEX note_id ON note (id);
  PERFORM 1;
END;
$do$ LANGUAGE plpgsql;
DO LANGUAGE plpgsql $$ BEGIN PERFORM 1; END $$;
-- Handlers of functions are no model's.
DO $$ BEGIN
  CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql AS $f$ SELECT $1 $f$;
EXCEPTION WHEN insufficient_privilege THEN
  CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql AS $f$ SELECT $1 || '' $f$;
END $$;

-- What something else decides is not applied.
DO $$
DECLARE name text;
BEGIN
  IF (SELECT count(*) FROM person) = 0 THEN DROP TABLE person; END IF;
  IF CASE WHEN true THEN 1 ELSE 2 END = 1 THEN CREATE TABLE of_case (id int); END IF;
  FOR name IN SELECT 'a' LOOP
    CREATE TABLE of_loop (id int);
    EXECUTE format('ALTER TABLE %I ADD COLUMN x int', name);
    EXECUTE format('ALTER TABLE %I OWNER TO me', name);
  END LOOP;
  CASE name WHEN 'a' THEN CREATE VIEW of_a AS SELECT 1 AS one; END CASE;
  EXECUTE 'CREATE TABLE unseen (id int)';
  BEGIN PERFORM 1; EXCEPTION WHEN others THEN CREATE TABLE of_error (id int); END;
  CREATE TEMP TABLE scratch (id int);
  CREATE TABLE seen (id int PRIMARY KEY);
  ALTER TABLE missing ADD COLUMN x int;
END $$;
