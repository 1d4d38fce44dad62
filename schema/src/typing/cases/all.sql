-- on: sqlite postgres mysql
SELECT id, name, born FROM authors WHERE id = :id;

SELECT * FROM authors;

SELECT a.*, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id;

SELECT a.id, b.id AS book, r.stars FROM authors a JOIN books b ON b.author_id = a.id LEFT JOIN reviews r ON r.book_id = b.id;

SELECT a.name, b.title FROM authors a RIGHT JOIN books b ON b.author_id = a.id;

SELECT a.id, x.n FROM authors a LEFT JOIN (SELECT author_id, 1 AS n FROM books) x ON x.author_id = a.id;

SELECT a.id, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.title IS NOT NULL;

SELECT a.id, b.title, b.subtitle FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.pages > 10;

SELECT count(*) AS n, count(rating) AS rated, sum(pages) AS pages, avg(price) AS price, min(title) AS first, max(rating) AS best FROM books;

SELECT author_id, count(*) AS n, sum(pages) AS pages, max(title) AS last, max(rating) AS best, min(subtitle) AS sub FROM books GROUP BY author_id;

SELECT a.name, a.born, count(b.id) AS books FROM authors a LEFT JOIN books b ON b.author_id = a.id GROUP BY a.id;

SELECT coalesce(subtitle, title) AS shown, coalesce(subtitle, '') AS sub, coalesce(subtitle, NULL) AS none FROM books;

SELECT CASE WHEN rating > 3 THEN 'good' WHEN rating > 1 THEN 'fair' END AS word, CASE WHEN pages > 3 THEN 1 ELSE 2 END AS size FROM books;

SELECT nullif(title, '') AS title, nullif(pages, 0) AS pages FROM books;

SELECT (SELECT count(*) FROM books b WHERE b.author_id = a.id) AS n, (SELECT max(b.title) FROM books b WHERE b.author_id = a.id) AS last, (SELECT b.title FROM books b WHERE b.id = 1) AS one FROM authors a;

SELECT EXISTS (SELECT 1 FROM books WHERE author_id = :author) AS has;

SELECT id FROM authors WHERE id IN (SELECT author_id FROM books WHERE pages > :pages) AND name LIKE :pattern;

SELECT id FROM authors WHERE born BETWEEN :from AND :to OR country = :country;

SELECT id FROM authors WHERE id IN (:a, :b, 3);

SELECT id FROM authors WHERE id IN :ids;

SELECT id AS x FROM authors UNION SELECT editor_id FROM books;

SELECT title AS x FROM books UNION ALL SELECT subtitle FROM books;

SELECT id, 'author' AS kind FROM authors UNION ALL SELECT id, 'book' FROM books ORDER BY id LIMIT :n OFFSET :skip;

SELECT subtitle FROM books EXCEPT SELECT title FROM books;

SELECT subtitle FROM books INTERSECT SELECT title FROM books;

WITH big AS (SELECT * FROM books WHERE pages > :least) SELECT author_id, count(*) AS n FROM big GROUP BY author_id HAVING count(*) > :n;

WITH RECURSIVE up (id, boss_id, depth) AS (SELECT id, boss_id, 0 FROM staff WHERE id = :id UNION ALL SELECT s.id, s.boss_id, up.depth + 1 FROM staff s JOIN up ON s.id = up.boss_id) SELECT id, boss_id, depth FROM up;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n;

SELECT id, row_number() OVER (PARTITION BY author_id ORDER BY pages DESC) AS place, rank() OVER (ORDER BY pages) AS rank_no FROM books;

SELECT id, lag(title) OVER (ORDER BY id) AS before_it, first_value(title) OVER (ORDER BY id) AS first_one, sum(pages) OVER (ORDER BY id) AS running FROM books;

SELECT id, sum(pages) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before_it, count(*) OVER w AS n FROM books WINDOW w AS (PARTITION BY author_id);

SELECT pages + 1 AS more, pages * 2 AS twice, price * pages AS total, price + discount AS less, -pages AS negative FROM books;

SELECT rating * 2 AS twice, price * rating AS odd FROM books WHERE rating + 1 > :x;

SELECT upper(title) AS t, length(subtitle) AS n, lower(name) AS name FROM books JOIN authors ON authors.id = books.author_id;

SELECT title FROM books WHERE pages > 1 AND NOT (rating < 2 OR rating IS NULL) AND (subtitle = :sub OR :sub IS NULL);

SELECT a.id FROM authors a JOIN books b ON a.id = b.author_id AND b.pages > :p ORDER BY a.name, b.title DESC LIMIT 10;

SELECT DISTINCT country FROM authors ORDER BY country;

SELECT a.name FROM authors a, books b WHERE a.id = b.author_id AND b.id = :id;

SELECT abs(pages) AS p, round(rating) AS r, min(rating) OVER () AS m FROM books;

SELECT current_date AS d, current_timestamp AS t;

SELECT max(pages) - min(pages) AS spread FROM books HAVING count(*) > 1;

INSERT INTO authors (id, name, born) VALUES (:id, :name, :born);

INSERT INTO authors (id, name) SELECT id, title FROM books WHERE id = :id;

INSERT INTO reviews (book_id, number, stars, body) VALUES (:book, 1, :stars, NULL), (:book, 2, 5, :body);

UPDATE books SET title = :title, subtitle = :subtitle, pages = pages + :more WHERE id = :id;

UPDATE staff SET salary = (SELECT max(pages) FROM books), boss_id = NULL WHERE salary IS NULL;

DELETE FROM reviews WHERE book_id = :book AND stars < :stars;

DELETE FROM books WHERE author_id NOT IN (SELECT id FROM authors WHERE active);

-- on: postgres sqlite
SELECT a.name, b.title FROM authors a FULL JOIN books b ON b.author_id = a.id;

SELECT id, stars FROM books FULL JOIN (SELECT book_id AS id, stars FROM reviews) r USING (id);

INSERT INTO authors (id, name) VALUES (:id, :name) RETURNING id, born, active;

INSERT INTO authors (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name, born = :born WHERE authors.name <> excluded.name RETURNING *;

INSERT INTO authors (id, name) VALUES (:id, :name) ON CONFLICT DO NOTHING;

UPDATE books SET pages = r.number FROM reviews r WHERE r.book_id = books.id AND r.stars = :stars RETURNING title, subtitle;

DELETE FROM books WHERE id = :id RETURNING title, rating;

VALUES (1, 'a'), (2, NULL);

SELECT count(*) FILTER (WHERE rating > 3) AS good, sum(pages) FILTER (WHERE rating > 3) AS pages FROM books GROUP BY author_id;

-- on: sqlite postgres mysql
SELECT id, r.number FROM books JOIN (SELECT book_id AS id, number FROM reviews) r USING (id);

SELECT * FROM (SELECT id, name FROM authors) a NATURAL LEFT JOIN (SELECT id, title FROM books) b;

-- on: postgres
SELECT country, active, count(*) FROM authors GROUP BY ROLLUP (country, active);

SELECT active, count(*) FROM authors GROUP BY GROUPING SETS ((active), ());

SELECT a.id, l.title FROM authors a LEFT JOIN LATERAL (SELECT title FROM books b WHERE b.author_id = a.id ORDER BY pages LIMIT 1) l ON true;

SELECT a.id, l.n FROM authors a CROSS JOIN LATERAL (SELECT count(*) AS n FROM books b WHERE b.author_id = a.id) l;

SELECT id FROM authors WHERE id = ANY(:ids) AND name = ANY(:names);

SELECT g FROM generate_series(1, :n) AS g;

SELECT array_agg(title ORDER BY title) AS titles, string_agg(title, ', ') AS list, array_agg(subtitle) FILTER (WHERE subtitle IS NOT NULL) AS subs FROM books GROUP BY author_id;

SELECT extract(year FROM published) AS y, date_trunc('month', added) AS m, published + :days::integer AS later, added - interval '1 day' AS before_it FROM books;

SELECT json_build_object('a', title, 'b', rating) AS doc, to_jsonb(b) AS whole FROM books b;

SELECT x.key, x.value FROM jsonb_each('{"a": 1}') AS x;

SELECT DISTINCT ON (author_id) author_id, title FROM books ORDER BY author_id, pages DESC;

WITH gone AS (DELETE FROM reviews WHERE stars < :stars RETURNING book_id, stars) SELECT book_id, count(*) AS n FROM gone GROUP BY book_id;

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pages) AS middle, mode() WITHIN GROUP (ORDER BY title) AS usual FROM books;

SELECT title ~ :pattern AS fits, title || ' ' || coalesce(subtitle, '') AS whole, subtitle || title AS maybe FROM books;

SELECT u.x, u.n FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u (x, n);

SELECT greatest(rating, 1) AS g, least(discount, price) AS l, least(discount, NULL) AS none FROM books;

SELECT a.name, (a.born IS NULL) AS unborn, a.born IS DISTINCT FROM 3 AS other FROM authors a FOR UPDATE OF a SKIP LOCKED;

SELECT price * 2 AS twice FROM books WHERE price = :price * 2 AND added > now() - :age * interval '1 day';

SELECT (ARRAY[1, 2, 3])[2] AS two, ARRAY(SELECT id FROM authors) AS ids;

SELECT id, (SELECT row_to_json(r) FROM reviews r WHERE r.book_id = b.id LIMIT 1) AS review FROM books b;

SELECT 'a'::text AS t, NULL::integer AS n, :x::bigint AS x, cast(pages AS text) AS p FROM books;

-- on: mysql
SELECT country, count(*) AS n FROM authors GROUP BY country WITH ROLLUP;

INSERT INTO authors (id, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name), born = ?;

SELECT ifnull(subtitle, 'x') AS s, concat(title, subtitle) AS c, if(rating > 3, 1, 0) AS i, date_add(published, INTERVAL 1 MONTH) AS d FROM books;

SELECT pages / 2 AS half, pages DIV 2 AS whole, pages % 2 AS rest, cast(title AS SIGNED) AS n, title = 'a' AS same FROM books;

SELECT group_concat(title ORDER BY title SEPARATOR ', ') AS list FROM books GROUP BY author_id;

UPDATE books b JOIN authors a ON a.id = b.author_id SET b.title = a.name WHERE a.born < ?;

DELETE b FROM books b JOIN authors a ON a.id = b.author_id WHERE a.country = ?;

-- on: sqlite
SELECT rowid, title FROM books WHERE title GLOB :pattern;

SELECT a.name, max(b.pages) AS most, b.title FROM authors a JOIN books b ON b.author_id = a.id;

SELECT total(pages) AS t, ifnull(subtitle, 'x') AS s, iif(rating > 3, 'a', 'b') AS i, max(pages, 1) AS m FROM books;

INSERT OR REPLACE INTO authors (id, name) VALUES (?1, ?2);

SELECT cast(title AS INTEGER) AS n, pages / 2 AS half, title || subtitle AS whole, typeof(title) AS kind FROM books;

-- on: mysql
SELECT from_days(pages) AS d, sec_to_time(pages) AS t, unhex(title) AS u, crc32(title) AS c, bit_count(pages) AS b, sign(price) AS s, yearweek(published) AS w, stddev_samp(pages) AS sd FROM books GROUP BY id;

SELECT crc32(title, subtitle) AS c FROM books;

-- on: sqlite postgres mysql
SELECT id FROM authors WHERE name = sqlc.arg(name) AND born = sqlc.narg('born') AND id IN (sqlc.slice(ids));

-- on: postgres
SELECT id FROM authors WHERE name = @name AND (born = sqlc.narg(born) OR sqlc.narg(born) IS NULL);

-- on: sqlite mysql
SELECT id AS k, count(*) AS n FROM authors GROUP BY k HAVING n > 0 ORDER BY k + 1, n;

-- on: mysql
SELECT 1 AS one FROM dual;

-- on: postgres
SELECT ARRAY[title, 'x'] AS a, ARRAY[id] || ARRAY[1] AS b, string_to_array(title, ',') AS c, '{1,2}'::integer[] || 3 AS d FROM books;

SELECT (b).*, (json_each_text('{"a": 1}')).* FROM books b;

-- on: sqlite
SELECT soundex(name) AS sound, count(*) AS n FROM authors GROUP BY 1;

SELECT count(ALL) AS n, max(upper(DISTINCT like.name)) AS most FROM authors LIKE;

UPDATE notes SET weight = CAST(body AS REAL), raw = CAST(body AS BLOB) WHERE code = :code;

-- on: postgres
SELECT nextval('events_id_seq') AS n, id FROM public.books;

SELECT id, max(pages) OVER (ORDER BY id ROWS 1.5 PRECEDING) AS m FROM books;

-- on: sqlite
SELECT b.id FROM authors 'b' JOIN books AS 'c' ON c.author_id = b.id;

-- on: mysql
SELECT a.id AS x, b.id FROM authors a JOIN books b USING (id) ORDER BY id;

SELECT a.id, lag(b.id) OVER (ORDER BY id) AS x, a.id + b.id AS y FROM authors a LEFT JOIN books b USING (id) ORDER BY id;
