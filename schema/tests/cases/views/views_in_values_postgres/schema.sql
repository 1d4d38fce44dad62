-- engines: default postgres
-- server: equal

-- A view that reads another one in a value is not made where that one is not.

CREATE TABLE people (id int PRIMARY KEY, name text);
CREATE AGGREGATE own_number(int) (SFUNC = int4pl, STYPE = int);
CREATE VIEW numbers AS SELECT id, own_number(id) AS number FROM people GROUP BY id;
CREATE VIEW plain AS SELECT id FROM people;
CREATE VIEW counts AS SELECT id, (SELECT count(*) FROM numbers n WHERE n.id = p.id) AS of_id FROM people p;
CREATE VIEW made AS WITH numbers AS (SELECT 1 AS id)
  SELECT id, (SELECT count(*) FROM plain x WHERE x.id = p.id) AS of_id, (SELECT id FROM numbers) AS one FROM people p;
