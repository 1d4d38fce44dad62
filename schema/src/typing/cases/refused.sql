-- on: sqlite postgres mysql
SELECT titel FROM books;

SELECT b.titel FROM books b;

SELECT a.title FROM books b;

SELECT title FROM bookz;

SELECT id FROM authors JOIN books ON author_id = authors.id;

SELECT uper(title) FROM books;

SELECT title FROM books WHERE subtitle = NULL;

SELECT title FROM books WHERE subtitle <> NULL;

SELECT title FROM books WHERE count(*) > 1;

SELECT count(count(*)) AS n FROM books;

SELECT title FROM books WHERE title > 3;

SELECT title FROM books WHERE title = pages;

SELECT id FROM books UNION SELECT id, title FROM books;

SELECT id FROM books WHERE id IN (SELECT id, title FROM books);

SELECT (SELECT id, title FROM books) AS x FROM authors;

SELECT :x AS x, title FROM books WHERE :x IS NOT NULL AND id = 1 AND (:y IS NULL);

INSERT INTO authors (id, nam) VALUES (1, 'a');

INSERT INTO authors (id, name) VALUES (1);

INSERT INTO authors (id, name) VALUES (1, 'a'), (2);

INSERT INTO authors (id, name) SELECT id FROM books;

INSERT INTO authors (id) VALUES (1);

INSERT INTO authors (id, name) VALUES (1, NULL);

UPDATE authors SET nam = 'x';

UPDATE authors SET name = NULL WHERE id = 1;

DELETE FROM author WHERE id = 1;

SELECT * FROM books WHERE;

SELECT FROM WHERE;

SELECT title, FROM books;

SELECT title FROM books ORDER title;

WITH a AS (SELECT id FROM authors) SELECT name FROM a;

SELECT a.name, max(b.pages) AS most, b.title FROM authors a JOIN books b ON b.author_id = a.id GROUP BY a.id;

SELECT author_id, title, count(*) AS n FROM books GROUP BY author_id;

SELECT title, count(*) AS n FROM books;

-- on: postgres
SELECT title || 1 + 2 AS x FROM books;

SELECT title + 1 AS x FROM books;

SELECT active + 1 AS x FROM authors;

SELECT id FROM authors WHERE name;

SELECT id FROM authors WHERE id = 'a' AND born = name;

SELECT CASE WHEN active THEN 1 ELSE 'x'::text END AS x FROM authors;

SELECT coalesce(born, name) AS x FROM authors;

SELECT id FROM authors WHERE id = :x AND name = :x;

SELECT upper(id) AS x FROM authors;

SELECT date_trunc(added, 'month') AS x FROM books;

SELECT published::bigint AS x FROM books;

SELECT id AS total FROM books WHERE total > 1;

UPDATE authors SET name = id + 1.5::double precision, active = 3;

INSERT INTO books DEFAULT VALUES;

SELECT a.id FROM authors a FOR UPDATE OF authors;

-- on: sqlite
SELECT id FROM authors WHERE id IN bookz;

SELECT id FROM authors WHERE id IN books;

SELECT id AS k, k + 1 AS next FROM authors WHERE k > 1;

-- on: postgres
SELECT array_agg(subtitle) AS subs FROM books GROUP BY author_id;

SELECT ARRAY[subtitle, title] AS both, ARRAY(SELECT subtitle FROM books) AS all_of_them FROM books;

-- on: sqlite
SELECT title FROM books HAVING count(*) > 0;

SELECT DEFAULT AS x, id FROM books;

SELECT b + 1 AS x FROM books b;

SELECT length(title, title) AS n FROM books;

SELECT a.name . b.title FROM authors a JOIN books b ON b.author_id = a.id;

-- on: sqlite postgres mysql
SELECT sum(pages) OVER v AS s FROM books WINDOW w AS (ORDER BY id);

-- on: postgres mysql
INSERT INTO authors (id, name, name) VALUES (1, 'a', 'b');

SELECT DEFAULT AS x, id FROM books;

-- on: mysql
SELECT INTERVAL 1 DAY AS i FROM books;

SELECT (id IS NULL) + 1 AS x, id IS NULL + 1 AS y FROM books;

SELECT title RLIKE 'a' ESCAPE '!' AS x FROM books;

UPDATE books b JOIN authors a ON a.id = b.author_id SET c.title = a.name;

-- on: postgres
SELECT published + :days AS later FROM books;

SELECT id FROM authors WHERE id = 'a' OR born = '12' OR active = 'maybe';

SELECT id FROM authors LIMIT true;

SELECT id FROM authors WHERE id = ANY(1);

SELECT b = 1 AS x FROM books b;

SELECT DISTINCT country FROM authors ORDER BY id;

SELECT id = 1 IS DISTINCT FROM true IS NULL AS x FROM authors;

WITH RECURSIVE t (n) AS (SELECT '1' UNION ALL SELECT n + 1 FROM t) SELECT n FROM t;

SELECT id FROM authors WHERE born NOT IN (SELECT 'a');

-- on: mysql
SELECT id AS k, count(*) AS n FROM authors GROUP BY k ORDER BY k + n;

SELECT upper((title, subtitle)) AS t FROM books;

UPDATE books SET title = (title, subtitle);

SELECT id, sum(pages) OVER (ORDER BY id ROWS 1.5 PRECEDING) AS s FROM books;

-- on: postgres
SELECT DISTINCT ON (rating) author_id, title FROM books ORDER BY author_id, pages DESC;

SELECT country, active, max(name) AS last FROM authors GROUP BY GROUPING SETS ((country, id), (country), ());

SELECT interval 'soon' AS i, '[1'::uuid AS u, ended = 'sad' AS e, (ARRAY[1, 2])['a'] AS x FROM events;

-- on: sqlite postgres mysql
SELECT x.r.number FROM (SELECT book_id AS id, number FROM reviews) r;

-- on: mysql
SELECT x.n FROM (SELECT id, id, 1 AS n FROM authors) x;

UPDATE events SET twice = 3;

-- on: sqlite
UPDATE notes SET twice = 3;

INSERT INTO notes (code, body, twice) VALUES ('a', 'b', 3);

-- on: postgres
UPDATE events SET id = 3;

INSERT INTO events (id, tags, doc, mood, share) VALUES (1, '{}', '{}', 'sad', 0);

-- on: postgres mysql
SELECT author_id, count(*) AS n FROM books GROUP BY author_id ORDER BY title;

SELECT count(*) AS n FROM books b ORDER BY b.title;

-- on: sqlite postgres mysql
SELECT row_number() AS n FROM authors;

SELECT id FROM authors WHERE row_number() OVER (ORDER BY id) = 1;

SELECT id FROM authors ORDER BY 2;

SELECT country, count(*) AS n FROM authors GROUP BY 3;

SELECT id FROM authors UNION SELECT id FROM books ORDER BY 2;

-- on: postgres mysql
SELECT a.id FROM authors a, books a;

-- on: sqlite postgres
SELECT lower(name) FILTER (WHERE id > 1) AS n FROM authors;

INSERT INTO authors (id, name) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING;

-- on: postgres
SELECT id FROM events WHERE mood = 'sadd';

UPDATE events SET mood = 'sadd' WHERE id = 1;

SELECT 'sadd'::mood AS m;

SELECT DISTINCT extra FROM events;

SELECT id FROM events ORDER BY extra;

SELECT id FROM books WHERE published = '2026-02-30';

SELECT date '2026-13-01' AS d;

UPDATE authors SET name = 'a', name = 'b';

WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1.5 FROM t WHERE n < 5) SELECT n FROM t;

-- on: sqlite postgres mysql
SELECT sum(pages) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) AS s FROM books;

SELECT sum(pages) OVER (ORDER BY id ROWS 1 FOLLOWING) AS s FROM books;

SELECT sum(pages) OVER (ORDER BY id, pages RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM books;

SELECT sum(pages) OVER (w PARTITION BY id) AS s FROM books WINDOW w AS (ORDER BY id);

SELECT sum(pages) OVER (w ORDER BY pages) AS s FROM books WINDOW w AS (ORDER BY id);

WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT max(n) FROM t) SELECT n FROM t;

WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT x.n FROM t x, t y) SELECT n FROM t;

WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT id FROM books WHERE id IN (SELECT n FROM t)) SELECT n FROM t;

UPDATE counts SET n = 1;

DELETE FROM counts;

INSERT INTO counts (author_id, n) VALUES (1, 1);

UPDATE authors SET born = count(*);

-- on: postgres mysql
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT b.id FROM books b LEFT JOIN t ON t.n = b.id) SELECT n FROM t;

WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5 ORDER BY 1) SELECT n FROM t;

SELECT a.id FROM authors a, books b JOIN reviews r ON r.number = a.id;

UPDATE grown SET next = 1;

SELECT sum(id) OVER (ORDER BY title RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM books;

-- on: sqlite postgres
UPDATE authors SET (name, country) = ('a');

WITH RECURSIVE t (n) AS (SELECT 1 EXCEPT SELECT n FROM t) SELECT n FROM t;

UPDATE authors SET name = 'a' RETURNING count(*);

-- on: postgres
UPDATE authors SET (name) = ('a');

UPDATE authors SET born = 1 FROM books b JOIN reviews r ON r.number = authors.id;

SELECT country, count(*) AS n FROM authors GROUP BY country FOR UPDATE;

SELECT DISTINCT country FROM authors FOR UPDATE;

SELECT count(*) AS n FROM authors FOR SHARE;

SELECT row_number() OVER (ORDER BY id) AS n FROM authors FOR UPDATE;

SELECT id FROM authors UNION SELECT id FROM books FOR UPDATE;

SELECT a.id FROM authors a LEFT JOIN books b ON b.author_id = a.id FOR UPDATE;

SELECT sum(pages) OVER (GROUPS 1 PRECEDING) AS s FROM books;

SELECT sum(pages) OVER (ORDER BY id ROWS pages PRECEDING) AS s FROM books;

SELECT sum(pages) OVER (ORDER BY added RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) AS s FROM books;

WITH RECURSIVE t (n) AS (SELECT n FROM t UNION SELECT 1) SELECT n FROM t;

SELECT interval '5 moons' AS i;

SELECT extract(moon FROM added) AS m, date_trunc('moon', added) AS t FROM books;

SELECT grouping(country) AS g FROM authors;

SELECT country, grouping(name) AS g, count(*) AS n FROM authors GROUP BY ROLLUP (country);

INSERT INTO authors (id, name, country) VALUES (1, 'a', 'long');

INSERT INTO reviews (book_id, number, stars) VALUES (1, 1, 70000);

INSERT INTO books (id, author_id, title, price, pages, added) VALUES (1, 1, 'a', 123456789.5, 1, now());

MERGE INTO authors a USING staff s ON s.id = a.id WHEN MATCHED THEN UPDATE SET nam = s.name;

MERGE INTO authors a USING staff s ON s.id = a.id WHEN NOT MATCHED THEN INSERT (id, name) VALUES (a.id, s.name);

MERGE INTO authors a USING staff s ON s.id = a.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);

MERGE INTO authors a USING staff s ON s.id = a.id WHEN MATCHED THEN INSERT (id, name) VALUES (s.id, s.name);

MERGE INTO authors a USING staff s ON s.id = a.id;

SELECT s FROM staff s;

SELECT jsonb_build_object('a') AS d;

-- on: mysql
INSERT INTO events (at, doc, mood, tiny, made, share, code) VALUES (now(), '{}', 'sadd', 1, 2020, 1, 'a');

UPDATE events SET mood = 'sadd';

UPDATE events SET flags = 'a,c';

UPDATE events SET tiny = 256;

UPDATE events SET tiny = 'many';

UPDATE events SET ended = 'soon';

UPDATE events SET code = 'long';

SELECT extract(MOON FROM at) AS m FROM events;

SELECT CAST(id AS TEXT) AS t FROM events;

SELECT date_add(at, 5) AS d FROM events;

SELECT match (title) against ('x') AS m FROM articles;

SELECT id FROM events OFFSET 5;

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) AS p FROM events;

-- on: sqlite
INSERT INTO notes (code, body, weight) VALUES ('a', 'b', 'heavy');

INSERT INTO loose (id, amount, day, label) VALUES ('x', 1, '2026-01-01', 'a');

SELECT id FROM authors LIMIT 'x';

SELECT id FROM authors WHERE id = ANY (SELECT 1);

SELECT a.id FROM authors a, authors a;

SELECT group_concat(DISTINCT name, ',') AS n FROM authors;

UPDATE grown SET name = 'a';

WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT row_number() OVER () FROM t) SELECT n FROM t;

SELECT json_object('a') AS d;

SELECT upper(name) OVER () AS n FROM authors;

INSERT INTO notes (code, body, raw) VALUES ('a', 'b', 'text');

INSERT INTO notes (code, body, doc) VALUES ('a', 'b', X'00');

INSERT INTO stood_in (id, name) VALUES (1, 'a');

DELETE FROM stood_in;

SELECT id FROM authors LIMIT 1.5;

SELECT id FROM authors WHERE name REGEXP 'a';

SELECT X'0G' AS x;

SELECT json_set(doc, '$.a') AS d FROM notes;

SELECT name LIKE 'a' ESCAPE 'ab' AS l FROM authors;

-- on: mysql
INSERT INTO events (at, doc, mood, tiny, made, share, code) VALUES (now(), '{}', 'sad', 1, 1066, 1, 'a');

UPDATE events SET doc = '{broken';

SELECT now(9) AS n FROM events;

SELECT date '2026-13-01' AS d;

SELECT timestamp 'soon' AS t;

-- on: postgres
UPDATE events SET clock = '25:00';

SELECT '10 o''clock'::time AS t;

SELECT '{1,2'::int[] AS a;

SELECT tags[0][1] + 1 AS x FROM events;

-- on: sqlite postgres mysql
SELECT id, sum(row_number() OVER (ORDER BY id)) OVER () AS n FROM books;

SELECT row_number() OVER (ORDER BY rank() OVER (ORDER BY id)) AS n FROM books;

SELECT count(DISTINCT author_id) OVER () AS n FROM books;

SELECT sum(pages) OVER (ORDER BY id ROWS BETWEEN -1 PRECEDING AND CURRENT ROW) AS n FROM books;

SELECT ntile(0) OVER (ORDER BY id) AS n FROM books;

SELECT nth_value(title, -1) OVER (ORDER BY id) AS n FROM books;

SELECT author_id FROM books GROUP BY author_id HAVING rank() OVER (ORDER BY author_id) > 1;

SELECT count(*) AS n FROM books GROUP BY n;

SELECT author_id, count(*) AS n FROM books GROUP BY 2;

SELECT row_number() OVER (ORDER BY id) AS n FROM books GROUP BY n;

WITH one AS (SELECT id FROM books), one AS (SELECT id FROM authors) SELECT id FROM one;

SELECT id FROM books WHERE (id, author_id) IN (SELECT id FROM authors);

-- on: sqlite postgres
SELECT rank() FILTER (WHERE id > 1) OVER (ORDER BY id) AS n FROM books;

-- on: postgres mysql
SELECT id FROM books ORDER BY id LIMIT -1;

SELECT id FROM books FETCH FIRST 1 ROWS WITH TIES;

SELECT id FROM books WHERE (id, author_id) IN ((1, 2), (3, 4, 5));

SELECT id FROM books WHERE id IN (1, (2, 3));

INSERT INTO staff (id, name) VALUES (1, DEFAULT);

UPDATE staff SET name = DEFAULT;

SELECT b.id FROM books b LEFT JOIN authors a;

-- on: postgres
SELECT string_agg(title, ',' ORDER BY id) OVER () AS t FROM books;

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pages) OVER () AS p FROM books;

SELECT id FROM events WHERE unnest(tags) = 'a';

SELECT count(*) AS n FROM events HAVING generate_series(1, 2) = 1;

SELECT array_agg(unnest(tags)) AS a FROM events;

SELECT CASE WHEN id > 1 THEN generate_series(1, 2) END AS n FROM books;

SELECT coalesce(unnest(tags), 'a') AS t FROM events;

UPDATE books SET pages = generate_series(1, 2);

DELETE FROM books RETURNING generate_series(1, 2) AS n;

SELECT n FROM generate_series(1, generate_series(1, 2)) AS n;

SELECT b.title FROM books b RIGHT JOIN LATERAL (SELECT 1 AS one WHERE b.id = 1) x ON true;

SELECT b.title, n FROM books b FULL JOIN generate_series(1, b.id) AS n ON true;

INSERT INTO reviews (book_id, number, stars) VALUES (1, 1, 2) ON CONFLICT (book_id, number) DO UPDATE SET stars = stars + 1;

INSERT INTO reviews (book_id, number, stars) VALUES (1, 1, 2) ON CONFLICT (book_id, number) DO UPDATE SET stars = 1 WHERE stars > 2;

SELECT '{a: 1}'::jsonb AS j;

SELECT '{"a": 1,}'::json AS j;

-- on: mysql
SELECT group_concat(title) OVER () AS t FROM books;

SELECT json_arrayagg(title) OVER () AS t FROM books;

SELECT id FROM books WHERE id IN (SELECT author_id FROM books LIMIT 3);

SELECT id FROM books WHERE id > ALL (SELECT author_id FROM books LIMIT 3);

SELECT id FROM articles WHERE MATCH (title, body) AGAINST (title);

INSERT INTO books (id, author_id, title, price, pages, added, published) VALUES (1, 1, 'a', 1, 1, now(), '2026-02-30');

UPDATE events SET doc = '{a: 1}';

UPDATE books b JOIN authors a ON a.id = b.author_id SET id = 1;

UPDATE books SET pages = pages - 'x';

DELETE b FROM books b JOIN authors a ON a.id = b.author_id LIMIT 1;

DELETE b FROM books b JOIN authors a ON a.id = b.author_id ORDER BY b.id;

SELECT id FROM books FOR UPDATE OF books;

SELECT json_extract(doc, 'a') AS a FROM events;

-- on: sqlite
SELECT id FROM books INTERSECT ALL SELECT id FROM authors;

SELECT id FROM books EXCEPT ALL SELECT id FROM authors;

SELECT json_extract(doc, 'a') AS a FROM notes;

SELECT json_set(doc, '$.a', 1, 'b', 2) AS a FROM notes;

SELECT e.key FROM notes n, json_each(n.doc, 'a') e;

SELECT e.key FROM notes n, json_each(n.doc, '$', 1) e;

SELECT id FROM books WHERE title MATCH 'a';

SELECT highlight(pages, 1) AS h FROM books;

SELECT likelihood(id = 1, 2) AS l FROM books;

SELECT likelihood(id = 1, pages) AS l FROM books;

SELECT id FROM books INDEXED BY missing WHERE id = 1;

UPDATE books INDEXED BY missing SET pages = 1 WHERE id = 1;

-- on: sqlite postgres mysql
SELECT 1.5.2 AS n;

-- on: sqlite mysql
SELECT id FROM books WHERE id = (1, 2);

SELECT id FROM books WHERE (id, pages);

-- on: postgres
SELECT percentile_cont(0.5, pages) AS p FROM books;

SELECT mode(pages) AS p FROM books;

SELECT encode(bytes, 'hexx') AS e FROM events;

SELECT timestamp '2026-01-01 25:00:00' AS t;

SELECT '{1,a}'::integer[] AS a;

SELECT price COLLATE "C" AS p FROM books;

SELECT id FROM books ORDER BY 'id';

SELECT count(*) AS n FROM books GROUP BY 'a';

SELECT id FROM books UNION SELECT id FROM authors ORDER BY id + 1;

SELECT $0 AS n;

INSERT INTO reviews (book_id, number) VALUES (1, 1) ON CONFLICT ON CONSTRAINT missing DO NOTHING;

-- on: mysql
SELECT sum(pages) OVER (ORDER BY added RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) AS n FROM books;

SELECT sum(pages) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS n FROM books;

SELECT row_number(id) OVER (ORDER BY id) AS n FROM books;

SELECT id FROM books WHERE id = ANY (1);

SELECT count(id, pages) AS n FROM books;

SELECT CAST(pages AS DECIMAL(2,5)) AS n FROM books;

SELECT CAST(pages AS DECIMAL(99,2)) AS n FROM books;

SELECT CONVERT(title USING missing) AS t FROM books;

SELECT title COLLATE missing_general_ci AS t FROM books;

SELECT round(1, 2, 3) AS n FROM books;

SELECT greatest(1) AS n FROM books;

SELECT * FROM JSON_TABLE('{}', '$' COLUMNS (a INT PATH '$.a'));

SELECT id FROM staff USE INDEX (missing);

-- on: sqlite
SELECT total(*) AS n FROM books;

SELECT title LIKE 'a' ESCAPE '' AS l FROM books;

SELECT json('{bad') AS j, '[1' -> '$[0]' AS a, json_array_length('{', '$') AS n;

SELECT json_extract(doc, '$[') AS a, json_extract(doc, '$.a[x]') AS b, doc ->> '$"a' AS c FROM notes;

SELECT json_object(1, 2) AS j;

SELECT value FROM json_each('[1', '$');

INSERT INTO books (id, author_id, title, price, pages, added) SELECT 9, id, name, 1, 1, '2026-01-01' FROM authors ON CONFLICT (id) DO NOTHING;

INSERT INTO staff (id, name) DEFAULT VALUES;

INSERT INTO notes (code, body, raw) VALUES ('a', 'b', 5);

SELECT id FROM books WHERE id = 0xZZ;

SELECT id FROM elsewhere.books;

SELECT bm25(title) AS b FROM books;

-- on: postgres
SELECT '[1,2'::int4range AS a, '[5,1)'::int4range AS b, '[2026-02-30,)'::daterange AS c, 'noon'::tsrange AS d, '[1,2)'::int4multirange AS e;

SELECT int4range(5, 1) AS a, daterange('2026-03-01', '2026-02-01') AS b, int4range(1, 2, '<>') AS c;

SELECT '\xzz'::bytea AS a, '\x0'::bytea AS b, 'a\b'::bytea AS c;

SELECT to_tsvector('englisch', title) AS t FROM books;

SELECT to_tsquery('english', 'heart &') AS a, to_tsquery('heart attack') AS b, 'a:xy'::tsquery AS c;

SELECT id FROM books WHERE title ~ '(' OR title !~* '*a' OR regexp_replace(title, '[a', '') = '' OR title ~ '[[:alpa:]]';

SELECT jsonb_path_query(doc, '$.[') AS a, '$.a &&'::jsonpath AS b, jsonb_path_exists(doc, 'a.b') AS c FROM events;

SELECT at AT TIME ZONE 'Mars/Olympus' AS a, timezone('Europe/Berln', at) AS b FROM events;

SELECT rank(id) OVER (ORDER BY id) AS r FROM books;

SELECT b.id FROM books b FULL JOIN authors a ON b.author_id > a.id;

INSERT INTO staff (id, name) DEFAULT VALUES;

-- on: mysql
SELECT rank() OVER () AS r, lag(id) OVER (PARTITION BY author_id) AS l FROM books;

SELECT median(pages) OVER (ORDER BY id) AS m FROM books;

SELECT id FROM articles FORCE INDEX (body);

SELECT a FROM (VALUES (1), (2)) AS t (a);

SELECT title COLLATE utf8mb4_klingon AS a FROM books;

SELECT 'x' COLLATE latin1_bin AS a;

SELECT title COLLATE utf8mb4_0900_ai_ci AS a FROM books;

SELECT CAST(pages AS INTEGER(5)) AS n, CAST(added AS DATE(3)) AS d FROM books;

SELECT t.a FROM JSON_TABLE('[1]', '$[*' COLUMNS (a INT PATH '$')) t;

SELECT id FROM books WHERE added > TIMESTAMP '2026-01-01 25:00:00';

UPDATE events SET clock = '25:61:00';

SELECT id FROM books WHERE title REGEXP '(';

SELECT json_extract(doc, '$[') AS a FROM events;

UPDATE events SET share = 1 WHERE clock > TIME '10:75';

SELECT timestampdiff(YEAR, added) AS n FROM books;

SELECT repeat('a') AS n, position('a', title) AS p FROM books;

SELECT percentile_cont(0.5) OVER (PARTITION BY author_id) AS m FROM books;

SELECT id FROM books WHERE title RLIKE '*abc';

UPDATE authors SET active = 'yes';

UPDATE authors SET active = 300;

UPDATE books SET published = 12;

WITH x (a) AS (SELECT id, pages FROM books) SELECT a FROM x;

-- on: postgres
SELECT id FROM books WHERE id = ANY ('{1,a}') OR author_id = ANY ('1,2');

SELECT current_date() AS d;

SELECT position('a', title) AS p FROM books;

SELECT coalesce() AS a, greatest() AS b;

SELECT setweight(to_tsvector(title), 'E') AS w FROM books;

-- on: sqlite
SELECT json_patch('{}') AS p;

INSERT INTO notes (code, body, weight) VALUES ('a', 'b', x'00');

WITH x (a) AS (SELECT id, pages FROM books) SELECT a FROM x;

SELECT id FROM books LIMIT (1, 2);

SELECT title FROM searched WHERE searched MATCH 'one AND';

SELECT title FROM searched WHERE title MATCH '"one' OR searched MATCH 'author : one' OR body MATCH 'a-b';

-- on: postgres
SELECT interval '2026-01-31' AS i;

-- on: postgres
SELECT id FROM elsewhere.books;

SELECT extra FROM events ORDER BY extra;

SELECT extra FROM events UNION ALL SELECT extra FROM events ORDER BY 1;

SELECT nextval('no_such_numbers') AS n;

SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY share) AS x FROM events;

-- on: sqlite
INSERT INTO notes (code, body, weight) SELECT name, name, name || '1' FROM authors;

UPDATE notes SET raw = body;

UPDATE notes SET raw = weight + 1;

-- on: sqlite mysql
SELECT sum(pages) OVER (ORDER BY id ROWS BETWEEN 1.5 PRECEDING AND CURRENT ROW) AS n FROM books;

-- on: mysql
SELECT a.id, b.id AS id FROM authors a JOIN books b USING (id) ORDER BY id;

SELECT a.id AS x, b.id AS y FROM authors a JOIN books b USING (id) GROUP BY id;

SELECT lag(a.id) OVER (ORDER BY id) AS x, lag(b.id) OVER (ORDER BY name) AS y FROM authors a JOIN books b USING (id);

SELECT row_number() OVER w AS n, a.*, b.id FROM authors a JOIN books b USING (id) WINDOW w AS (ORDER BY id);
