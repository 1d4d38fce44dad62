-- engines: default postgres

-- A body is not applied; a call of one that would change the schema is told.
CREATE TABLE person (id int PRIMARY KEY, kind smallint);
CREATE OR REPLACE FUNCTION app.add_kinds() RETURNS text AS $body$
DECLARE done boolean;
BEGIN
  SELECT exists(SELECT FROM pg_tables WHERE tablename = 'kind') INTO done;
  IF done THEN
    RETURN 'there';
  END IF;
  CREATE TABLE kind (id smallint PRIMARY KEY, name varchar(32) NOT NULL);
  RETURN 'made';
END;
$body$ LANGUAGE plpgsql;
CREATE FUNCTION never() RETURNS void LANGUAGE sql AS $$ CREATE TABLE unseen (id int); $$;
CREATE FUNCTION triggers(t regclass) RETURNS void AS $$ BEGIN
  EXECUTE format('CREATE TRIGGER changed BEFORE UPDATE ON %s', t);
  ALTER TABLE person ENABLE ROW LEVEL SECURITY;
END $$ LANGUAGE plpgsql;
SELECT app.add_kinds();
SELECT * FROM app.add_kinds();
SELECT triggers('person');
SELECT count(*) FROM person;
DROP FUNCTION app.add_kinds();
