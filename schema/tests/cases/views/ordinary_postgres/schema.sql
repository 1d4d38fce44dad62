-- engines: default postgres
-- Thirty views as people write them.
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE people (
  id integer PRIMARY KEY, name text NOT NULL, mail email, born date, tags text[] NOT NULL, data jsonb, flags integer NOT NULL,
  feeling mood NOT NULL, made timestamp with time zone NOT NULL DEFAULT now(), boss integer REFERENCES people
);
CREATE TABLE sales (id bigint PRIMARY KEY, person integer NOT NULL REFERENCES people, amount numeric(10,2) NOT NULL, at timestamp NOT NULL);

CREATE VIEW tags AS SELECT id, unnest(tags) AS tag FROM people;
CREATE VIEW tag_counts AS SELECT t.tag, count(*) AS n FROM people p CROSS JOIN LATERAL unnest(p.tags) AS t(tag) GROUP BY t.tag;
CREATE VIEW years AS SELECT id, extract(year FROM born) AS year, date_part('month', born) AS month FROM people;
CREATE VIEW first_tags AS SELECT id, tags[1] AS first, tags[1:2] AS two, cardinality(tags) AS n FROM people;
CREATE VIEW local_times AS SELECT id, made AT TIME ZONE 'Europe/Berlin' AS here, (made AT TIME ZONE 'UTC')::date AS day FROM people;
CREATE VIEW documents AS SELECT id, data->>'a' AS a, data#>>'{b,c}' AS c, (data->>'n')::integer AS n, data @> '{"x": 1}' AS has_x, data ? 'y' AS has_y FROM people;
CREATE VIEW medians AS SELECT person, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, mode() WITHIN GROUP (ORDER BY at) AS usual FROM sales GROUP BY person;
CREATE VIEW bits AS SELECT id, flags & 1 AS low, flags | 4 AS more, flags << 2 AS moved, ~flags AS turned, flags # 3 AS other FROM people;
CREATE VIEW matches AS SELECT id, name ~ '^a' AS begins, name !~* 'b' AS lacks, name ILIKE '%c%' AS likes FROM people;
CREATE VIEW days AS SELECT d::date AS day, coalesce(sum(s.amount), 0) AS sold FROM generate_series('2020-01-01'::timestamp, '2020-12-31', '1 day') AS d LEFT JOIN sales s ON s.at::date = d::date GROUP BY d;
CREATE VIEW ranked AS SELECT id, person, rank() OVER (PARTITION BY person ORDER BY amount DESC) AS place, lag(amount) OVER w AS before, sum(amount) OVER w AS total FROM sales WINDOW w AS (PARTITION BY person ORDER BY at);
CREATE VIEW chain AS WITH RECURSIVE up AS (SELECT id, boss, 0 AS depth, ARRAY[id] AS path FROM people WHERE boss IS NULL UNION ALL SELECT p.id, p.boss, up.depth + 1, up.path || p.id FROM people p JOIN up ON p.boss = up.id) SELECT * FROM up;
CREATE VIEW latest AS SELECT DISTINCT ON (person) person, id, amount FROM sales ORDER BY person, at DESC;
CREATE VIEW last_sales AS SELECT p.id, l.amount, l.at FROM people p LEFT JOIN LATERAL (SELECT amount, at FROM sales s WHERE s.person = p.id ORDER BY at DESC LIMIT 1) l ON true;
CREATE VIEW moods AS SELECT feeling, count(*) FILTER (WHERE born > '2000-01-01') AS young, bool_or(born IS NULL) AS some FROM people GROUP BY feeling;
CREATE VIEW shown AS SELECT id, CASE feeling WHEN 'calm' THEN 'green' ELSE 'red' END AS colour, concat_ws(', ', name, mail) AS line, format('%s (%s)', name, id) AS both FROM people;
CREATE VIEW mails AS SELECT id, lower(split_part(mail, '@', 2)) AS host, mail, position('@' in mail) AS at FROM people WHERE mail IS NOT NULL;
CREATE VIEW as_json AS SELECT id, to_jsonb(p) AS whole, json_build_object('id', id, 'name', name) AS part, jsonb_agg(name) OVER () AS names FROM people p;
CREATE VIEW rolled AS SELECT person, date_trunc('month', at) AS month, sum(amount) AS sum, grouping(person) AS level FROM sales GROUP BY ROLLUP (person, date_trunc('month', at));
CREATE VIEW lists AS SELECT person, array_agg(id ORDER BY at) AS ids, string_agg(amount::text, ';') AS amounts FROM sales GROUP BY person;
CREATE VIEW joined AS SELECT * FROM people JOIN sales USING (id);
CREATE VIEW ages AS SELECT id, age(born) AS age, extract(epoch FROM now() - made) / 86400 AS days, now() - interval '1 hour' AS recent FROM people;
CREATE VIEW pairs AS SELECT a.id AS one, b.id AS other FROM people a, people b WHERE a.id < b.id AND a.tags && b.tags;
CREATE VIEW keys AS SELECT id, k.key, k.value FROM people, jsonb_each_text(data) AS k;
CREATE VIEW numbered AS SELECT id, t.tag, t.n FROM people, unnest(tags) WITH ORDINALITY AS t(tag, n);
CREATE VIEW values_here AS SELECT v.code, v.label FROM (VALUES (1, 'one'), (2, 'two')) AS v(code, label);
CREATE VIEW existing AS SELECT id, EXISTS (SELECT 1 FROM sales WHERE person = people.id) AS has, id IN (SELECT person FROM sales) AS is_in, id = ANY (ARRAY[1, 2]) AS some FROM people;
CREATE VIEW sets AS SELECT id, name FROM people UNION SELECT id::integer, 'sale' FROM sales EXCEPT SELECT 1, 'x';
CREATE VIEW grouped AS SELECT width_bucket(amount, 0, 100, 10) AS bucket, count(DISTINCT person) AS people, round(avg(amount), 2) AS mean, max(at) - min(at) AS span FROM sales GROUP BY 1 HAVING count(*) > 1;
CREATE VIEW hashed AS SELECT id, md5(name) AS hash, encode(convert_to(name, 'UTF8'), 'hex') AS hex, substring(name from 1 for 3) AS head, overlay(name placing 'x' from 1) AS laid, trim(both ' ' from name) AS bare, regexp_replace(name, 'a', 'b', 'g') AS changed FROM people;
