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
