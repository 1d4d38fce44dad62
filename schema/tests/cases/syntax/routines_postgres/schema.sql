-- engines: default postgres

-- A function that is called is played where it is called first; one that is never called makes nothing.
CREATE TABLE person (id int PRIMARY KEY, kind smallint);
CREATE OR REPLACE FUNCTION app.add_kinds() RETURNS text AS $body$
DECLARE done boolean;
BEGIN
  SELECT exists(SELECT FROM pg_tables WHERE tablename = 'kind') INTO done;
  IF done THEN
    RETURN 'there';
  END IF;
  -- The kinds.
  CREATE TABLE kind (id smallint PRIMARY KEY, name varchar(32) NOT NULL);
  INSERT INTO kind VALUES (1, 'a; b');
  ALTER TABLE person ADD CONSTRAINT person_kind FOREIGN KEY (kind) REFERENCES kind (id);
  RETURN 'made';
END;
$body$ LANGUAGE plpgsql;
CREATE FUNCTION never() RETURNS void LANGUAGE sql AS $$ CREATE TABLE unseen (id int); $$;
SELECT app.add_kinds();
SELECT app.add_kinds();
DROP FUNCTION app.add_kinds();
-- What cannot be read of a routine is passed over.
CREATE FUNCTION odd() RETURNS void AS $$ BEGIN
  CREATE TABLE odd (id int ###);
  CREATE TABLE even (id int PRIMARY KEY);
END $$ LANGUAGE plpgsql;
SELECT * FROM odd();
