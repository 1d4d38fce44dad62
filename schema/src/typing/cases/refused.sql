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
