-- engines: default postgres
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TYPE public.mood AS ENUM ('sad', 'ok');

CREATE TABLE public.people (
    id integer NOT NULL,
    name character varying(45) NOT NULL,
    born date,
    mood public.mood,
    address inet,
    data jsonb,
    CONSTRAINT people_pkey PRIMARY KEY (id)
);

CREATE TABLE public.pets (
    id bigint NOT NULL PRIMARY KEY,
    owner integer NOT NULL REFERENCES public.people(id),
    name text NOT NULL,
    weight real,
    price numeric(8,2) NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE FUNCTION public.age_of(d date) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
CREATE AGGREGATE public.join_all(text) (SFUNC = public.join_two, STYPE = text);

-- A stand-in, as pg_dump writes where views need each other.
CREATE VIEW public.owners AS SELECT NULL::integer AS id;

-- Owners with their pets.
CREATE OR REPLACE VIEW public.owners AS
 SELECT pe.id,
    ((pe.name || ' '::text) || 'x'::text) AS full_name,
    pe.mood,
    pe.address,
    pt.id AS pet,
    pt.weight,
    CASE WHEN (pe.born IS NULL) THEN 'unknown'::text ELSE to_char(pe.born, 'YYYY') END AS year,
    COALESCE(pt.name, ''::text) AS pet_name,
    (pt.price * (2)::numeric) AS twice,
    ((pe.data ->> 'a'::text)) AS a,
    (pe.data -> 'b'::text) AS b,
    pe.id + 1 AS next,
    now() - pt.since AS how_long
   FROM (public.people pe
     LEFT JOIN public.pets pt ON ((pt.owner = pe.id)));

CREATE MATERIALIZED VIEW public.totals AS
 SELECT people.id AS person, count(*) AS pets, sum(pets.price) AS price, avg(pets.weight) AS weight,
    max(people.name) AS name, sum(people.id) AS s, min(pets.since) AS since, bool_or(pets.weight > 3) AS heavy,
    array_agg(pets.id) AS ids, string_agg(pets.name, ', ' ORDER BY pets.name) AS names,
    count(*) FILTER (WHERE pets.weight IS NULL) AS unweighed, row_number() OVER (ORDER BY people.id) AS place
   FROM public.people JOIN public.pets ON people.id = pets.owner
  GROUP BY people.id
  WITH NO DATA;

CREATE INDEX totals_person ON public.totals (person);

CREATE VIEW by_own_functions AS SELECT public.age_of(born) AS age, public.join_all(name) AS all FROM public.people;
CREATE VIEW on_a_view (a, b) AS SELECT * FROM (SELECT o.id, o.pet FROM owners o) AS q;
CREATE VIEW united AS
  SELECT id, 'person' AS kind, born FROM people UNION ALL SELECT id, name, NULL FROM pets ORDER BY 1;
CREATE VIEW numbered AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10), m AS (SELECT i FROM n)
  SELECT i, EXISTS (SELECT 1 FROM people) AS any, (SELECT max(p.born) FROM people p WHERE p.id = m.i) AS born FROM m;
CREATE VIEW outer_joins AS SELECT a.id AS a, b.id AS b, c.id AS c
  FROM people a RIGHT JOIN people b ON true FULL JOIN people c ON a.id = c.id;
CREATE VIEW nested AS SELECT a.id AS a, b.id AS b, c.id AS c FROM people a LEFT JOIN people b JOIN people c ON b.id = c.id ON true;
CREATE VIEW unnamed AS SELECT count(*), max(born), id::bigint, coalesce(name, '') FROM people;
CREATE VIEW merged AS SELECT id, p.name, weight FROM people LEFT JOIN pets p USING (id);
CREATE VIEW casts AS SELECT CAST(id AS numeric(10,1)) AS n, date '2020-01-01' AS d, 1.5 AS x, 3000000000 AS y, true AS t,
  not id = 3 AS no, id BETWEEN 1 AND 2 OR id IN (3, 4) AS some, interval '1 day' + born AS later, born + interval '1 day' AS l2 FROM people;
CREATE VIEW gone AS SELECT 1 AS a;
DROP VIEW IF EXISTS gone CASCADE;
CREATE VIEW old_name AS SELECT 1 AS a;
ALTER VIEW old_name OWNER TO me;
ALTER VIEW old_name RENAME TO new_name;
COMMENT ON VIEW public.united IS 'People and pets.';
COMMENT ON COLUMN public.united.kind IS 'Which.';
-- @skip
CREATE VIEW left_out AS SELECT 1 AS a;

-- A date that is cut off is a moment, with the zone of who asks; a time is what it was.
CREATE TABLE sales (id bigint PRIMARY KEY, day date NOT NULL, at timestamp NOT NULL);
CREATE VIEW months AS SELECT date_trunc('month', day) AS month, date_trunc('hour', at) AS hour FROM sales;

-- What a value reads must be made, too; a query of a WITH is no view.
CREATE FUNCTION own_number(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW numbers AS SELECT id, own_number(id) AS number FROM sales;
CREATE VIEW counts AS SELECT id, (SELECT count(*) FROM numbers n WHERE n.id = s.id) AS of_id FROM sales s;
CREATE VIEW of_numbers AS WITH numbers AS (SELECT 1 AS id) SELECT id, (SELECT id FROM numbers) AS one FROM sales;
