-- on: sqlite postgres mysql
SELECT a.id, a.name, dense_rank() OVER (PARTITION BY a.country ORDER BY a.born) AS place, ntile(4) OVER (ORDER BY a.id) AS quarter FROM authors a;

SELECT id, lead(subtitle) OVER (ORDER BY id) AS next_sub, last_value(title) OVER (PARTITION BY author_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS final FROM books;

SELECT id, count(subtitle) OVER (PARTITION BY author_id) AS subs, max(rating) OVER (PARTITION BY author_id) AS best, min(pages) OVER (PARTITION BY author_id) AS least_pages FROM books;

SELECT q.id, q.place FROM (SELECT id, row_number() OVER (PARTITION BY author_id ORDER BY pages DESC, id) AS place FROM books) q WHERE q.place <= :most;

SELECT id, sum(pages) OVER w AS running, count(*) OVER w AS seen FROM books WINDOW w AS (PARTITION BY author_id ORDER BY id);

SELECT author_id, sum(count(*)) OVER (ORDER BY author_id) AS running FROM books GROUP BY author_id;

SELECT author_id, rank() OVER (ORDER BY count(*) DESC) AS place, count(*) AS n FROM books GROUP BY author_id;

SELECT id, lag(pages, 1) OVER (ORDER BY id) AS before_it FROM books;

WITH RECURSIVE tree (id, boss_id, name, depth) AS (SELECT id, boss_id, name, 1 FROM staff WHERE boss_id IS NULL UNION ALL SELECT s.id, s.boss_id, s.name, t.depth + 1 FROM staff s JOIN tree t ON s.boss_id = t.id) SELECT t.id, t.name, t.depth, b.name AS boss FROM tree t LEFT JOIN staff b ON b.id = t.boss_id;

WITH RECURSIVE up (id, boss_id) AS (SELECT id, boss_id FROM staff WHERE id = :id UNION SELECT s.id, s.boss_id FROM staff s JOIN up ON up.boss_id = s.id) SELECT count(*) AS n, max(boss_id) AS top FROM up;

WITH per_author AS (SELECT author_id, count(*) AS n, avg(rating) AS rating FROM books GROUP BY author_id), ranked AS (SELECT author_id, n, rating, row_number() OVER (ORDER BY n DESC) AS place FROM per_author) SELECT a.name, r.n, r.rating, r.place FROM ranked r JOIN authors a ON a.id = r.author_id WHERE r.place <= 3;

WITH one AS (SELECT id, title FROM books), two AS (SELECT id, title FROM one WHERE id > :least) SELECT one.id, two.title FROM one LEFT JOIN two ON two.id = one.id;

WITH a AS (SELECT 1 AS n UNION ALL SELECT 2), b AS (SELECT n + 1 AS m FROM a) SELECT a.n, b.m FROM a LEFT JOIN b ON b.m = a.n;

SELECT a.id, (SELECT count(*) FROM books b WHERE b.author_id = a.id AND EXISTS (SELECT 1 FROM reviews r WHERE r.book_id = b.id AND r.stars >= :stars)) AS liked FROM authors a;

SELECT a.id, (SELECT b.title FROM books b WHERE b.author_id = a.id ORDER BY b.pages DESC LIMIT 1) AS longest FROM authors a;

SELECT b.id FROM books b WHERE b.pages > (SELECT avg(o.pages) FROM books o WHERE o.author_id = b.author_id);

SELECT b.id, b.title FROM books b WHERE NOT EXISTS (SELECT 1 FROM reviews r WHERE r.book_id = b.id AND r.stars IS NOT NULL);

SELECT a.id FROM authors a WHERE (SELECT count(*) FROM books b WHERE b.author_id = a.id) = :n;

SELECT a.id, coalesce((SELECT sum(b.pages) FROM books b WHERE b.author_id = a.id), 0) AS pages FROM authors a;

SELECT a.name FROM authors a WHERE a.id = (SELECT max(author_id) FROM books);

SELECT CASE WHEN subtitle IS NULL THEN title ELSE subtitle END AS shown, CASE rating WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END AS word FROM books;

SELECT CASE WHEN pages > 100 THEN price END AS dear, CASE WHEN pages > 1 THEN NULL ELSE title END AS maybe, CASE WHEN :flag = 1 THEN title ELSE '' END AS chosen FROM books;

SELECT sum(CASE WHEN stars >= 3 THEN 1 ELSE 0 END) AS good, count(CASE WHEN stars < 3 THEN 1 END) AS bad, count(DISTINCT book_id) AS books FROM reviews;

SELECT book_id, sum(CASE WHEN stars >= 3 THEN 1 ELSE 0 END) AS good, count(body) AS bodies, min(body) AS first_body FROM reviews GROUP BY book_id HAVING count(*) > :n ORDER BY book_id;

SELECT a.country, count(*) AS n, count(b.id) AS books, max(b.published) AS last FROM authors a LEFT JOIN books b ON b.author_id = a.id GROUP BY a.country ORDER BY n DESC, a.country;

SELECT a.id, b.id AS book_id, e.name AS editor FROM authors a JOIN books b ON b.author_id = a.id LEFT JOIN authors e ON e.id = b.editor_id;

SELECT a.id, b.title, r.stars FROM authors a LEFT JOIN books b ON b.author_id = a.id LEFT JOIN reviews r ON r.book_id = b.id AND r.number = 1;

SELECT a.id, x.title, x.stars FROM authors a LEFT JOIN (SELECT b.author_id, b.title, r.stars FROM books b JOIN reviews r ON r.book_id = b.id) x ON x.author_id = a.id;

SELECT s.name, b.name AS boss FROM staff s LEFT JOIN staff b ON b.id = s.boss_id WHERE s.salary > :least OR b.salary IS NULL;

SELECT r.book_id, r.number, b.title FROM reviews r RIGHT JOIN books b ON b.id = r.book_id LEFT JOIN authors a ON a.id = b.author_id;

SELECT a.id, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.rating > 1 AND a.born = b.pages;

SELECT a.id, b.rating FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.rating > 1 OR a.born > 3;

SELECT a.id, b.rating FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE NOT (b.rating > 1);

SELECT a.id, b.rating FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE coalesce(b.rating, 0) > 1;

SELECT a.id, b.subtitle FROM authors a JOIN books b ON b.author_id = a.id AND b.subtitle = a.name;

SELECT id, born FROM authors WHERE born IN (1, 2, 3);

SELECT id, born FROM authors WHERE born BETWEEN 1 AND 3;

SELECT id, country FROM authors WHERE country LIKE 'a%';

SELECT id, born FROM authors WHERE born IS NOT NULL AND id > 0 AND country <> 'x';

SELECT id FROM authors UNION SELECT author_id FROM books UNION ALL SELECT book_id FROM reviews;

SELECT id, name FROM authors EXCEPT SELECT author_id, title FROM books;

SELECT country FROM authors INTERSECT SELECT body FROM reviews;

SELECT name, born FROM authors UNION ALL SELECT title, NULL FROM books UNION ALL SELECT 'x', 3;

SELECT NULL AS a, 1 AS b UNION ALL SELECT 'x', 2;

SELECT x.a, x.b FROM (SELECT id AS a, born AS b FROM authors UNION ALL SELECT id, 0 FROM books) x WHERE x.b > :least;

SELECT DISTINCT a.country, a.active FROM authors a JOIN books b ON b.author_id = a.id ORDER BY a.country;

SELECT count(DISTINCT country) AS countries, sum(DISTINCT born) AS born FROM authors;

SELECT upper(coalesce(country, 'xx')) AS c, trim(name) AS n, replace(name, 'a', :with) AS r, substr(name, 1, 2) AS s FROM authors;

SELECT round(price, 1) AS p, abs(discount) AS d, price - coalesce(discount, 0) AS net FROM books;

SELECT nullif(country, '') AS c, coalesce(nullif(country, ''), 'none') AS shown FROM authors;

SELECT a.id FROM authors a WHERE a.id NOT IN (SELECT b.author_id FROM books b) AND a.born NOT IN (1, :other);

SELECT id FROM books WHERE (rating IS NULL OR rating > :rating) AND (subtitle LIKE :like OR title LIKE :like) ORDER BY rating DESC, id LIMIT :n OFFSET :skip;

SELECT b.id, b.pages * 2 AS twice, b.pages + :more AS more FROM books b ORDER BY twice DESC;

SELECT a.id AS author, b.* FROM authors a JOIN books b ON b.author_id = a.id WHERE a.id = :id;

SELECT b.*, r.* FROM books b LEFT JOIN reviews r ON r.book_id = b.id;

SELECT count(*) AS n FROM (SELECT DISTINCT author_id FROM books) x;

SELECT max(n) AS most, min(n) AS fewest FROM (SELECT author_id, count(*) AS n FROM books GROUP BY author_id) x;

SELECT m.total, a.name FROM (SELECT sum(pages) AS total FROM books) m CROSS JOIN authors a;

SELECT m.total FROM (SELECT sum(pages) AS total FROM books) m WHERE m.total IS NOT NULL;

SELECT min(title) AS t, count(*) AS n FROM books WHERE author_id = :author HAVING count(*) > 0;

SELECT active, country, count(*) AS n FROM authors GROUP BY active, country HAVING min(born) > :born;

SELECT a.id, a.name FROM authors a WHERE EXISTS (SELECT 1 FROM books b WHERE b.author_id = a.id GROUP BY b.author_id HAVING sum(b.pages) > :pages);

INSERT INTO authors (id, name, born, country) SELECT b.id + 1000, coalesce(b.subtitle, b.title), NULL, :country FROM books b LEFT JOIN reviews r ON r.book_id = b.id WHERE r.stars IS NULL;

INSERT INTO reviews (book_id, number, stars, body) SELECT id, 9, CASE WHEN pages > 10 THEN 5 END, :body FROM books WHERE author_id = :author;

UPDATE staff SET salary = salary + :more, name = upper(name) WHERE boss_id IN (SELECT id FROM authors WHERE active) AND salary BETWEEN :low AND :high;

UPDATE books SET rating = CASE WHEN rating IS NULL THEN :rating ELSE rating END, discount = NULL WHERE id IN (SELECT book_id FROM reviews WHERE stars > 3);

DELETE FROM reviews WHERE NOT EXISTS (SELECT 1 FROM books b WHERE b.id = reviews.book_id AND b.pages > :pages);

DELETE FROM authors WHERE id IN (SELECT author_id FROM books WHERE price > :price) OR name = :name;

SELECT id FROM books WHERE published = :day AND added < :moment;

SELECT 1 AS one, 'a' AS a, 1.5 AS x;

-- on: sqlite postgres
SELECT a.id, b.id AS book FROM authors a FULL JOIN books b ON b.author_id = a.id LEFT JOIN reviews r ON r.book_id = b.id;

SELECT id, n, m FROM (SELECT id, 1 AS n FROM authors) x FULL JOIN (SELECT id, 2 AS m FROM books) y USING (id);

SELECT id, a.name, b.title FROM authors a RIGHT JOIN books b USING (id);

SELECT * FROM (SELECT id, name FROM authors) a NATURAL FULL JOIN (SELECT id, title FROM books) b;

SELECT count(*) FILTER (WHERE stars > 3) AS good, max(stars) FILTER (WHERE body IS NOT NULL) AS best, sum(stars) FILTER (WHERE stars IS NOT NULL) AS total FROM reviews;

SELECT author_id, count(*) FILTER (WHERE pages > :pages) AS long_ones, min(title) FILTER (WHERE pages > 10) AS first_long FROM books GROUP BY author_id;

SELECT id, sum(pages) FILTER (WHERE rating > 2) OVER (PARTITION BY author_id) AS rated FROM books;

SELECT id, sum(pages) OVER (ORDER BY id GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS others FROM books;

SELECT id, nth_value(title, 2) OVER (ORDER BY id) AS second_title, percent_rank() OVER (ORDER BY pages) AS part, cume_dist() OVER (ORDER BY pages) AS share FROM books;

INSERT INTO reviews (book_id, number, stars) VALUES (:book, :number, :stars) ON CONFLICT (book_id, number) DO UPDATE SET stars = coalesce(excluded.stars, reviews.stars), body = NULL RETURNING book_id, stars, body;

INSERT INTO authors (id, name) SELECT id, title FROM books WHERE true ON CONFLICT (id) DO NOTHING RETURNING id, country;

UPDATE books SET title = a.name, subtitle = NULL FROM authors a WHERE a.id = books.author_id AND a.active RETURNING books.id, books.subtitle;

UPDATE reviews SET (stars, body) = (:stars, :body) WHERE book_id = :book RETURNING *;

DELETE FROM staff WHERE salary < (SELECT avg(salary) FROM staff) RETURNING id, boss_id, salary;

WITH old AS (SELECT id FROM books WHERE pages < :pages) DELETE FROM reviews WHERE book_id IN (SELECT id FROM old) RETURNING book_id, number;

WITH v (n, word) AS (VALUES (1, 'a'), (2, NULL), (3, 'c')) SELECT v.n, v.word, a.name FROM v LEFT JOIN authors a ON a.id = v.n;

SELECT t.column1, t.column2 FROM (VALUES (1, 'x'), (2, 'y')) t;

SELECT id FROM authors ORDER BY born DESC NULLS LAST, name NULLS FIRST LIMIT 3;

SELECT id, title FROM books WHERE rating IS NOT DISTINCT FROM :rating;

SELECT name || ' (' || coalesce(country, '?') || ')' AS shown, name || country AS maybe FROM authors;

SELECT (a.id, a.name) = (1, 'x') AS same FROM authors a;

SELECT id FROM reviews JOIN books ON books.id = reviews.book_id WHERE (reviews.book_id, reviews.number) IN (SELECT book_id, max(number) FROM reviews GROUP BY book_id);

-- on: postgres
SELECT country, active, count(*) AS n, grouping(country) AS g FROM authors GROUP BY CUBE (country, active);

SELECT country, active, max(name) AS last FROM authors GROUP BY GROUPING SETS ((country, active), (country), ());

SELECT a.country, count(*) AS n FROM authors a GROUP BY ROLLUP (a.country) HAVING count(*) > 1 ORDER BY a.country NULLS LAST;

SELECT active, ROW_NUMBER() OVER (ORDER BY count(*)) AS place FROM authors GROUP BY active;

SELECT a.id, x.title, x.place FROM authors a CROSS JOIN LATERAL (SELECT b.title, row_number() OVER (ORDER BY b.pages) AS place FROM books b WHERE b.author_id = a.id LIMIT 2) x;

SELECT a.id, x.total, x.best FROM authors a LEFT JOIN LATERAL (SELECT sum(b.pages) AS total, max(b.rating) AS best FROM books b WHERE b.author_id = a.id) x ON true;

SELECT a.id, n.value FROM authors a, LATERAL (VALUES (a.born), (a.id)) AS n (value);

SELECT e.id, t.tag, t.place FROM events e CROSS JOIN LATERAL unnest(e.tags) WITH ORDINALITY AS t (tag, place);

SELECT e.id, t FROM events e, unnest(e.scores) AS t;

SELECT e.id, e.tags[1] AS first_tag, e.tags[1:2] AS some, array_length(e.tags, 1) AS n, cardinality(e.tags) AS c FROM events e;

SELECT id FROM events WHERE :tag = ANY(tags) AND tags @> :tags AND NOT (tags && ARRAY['x', :other]);

SELECT id, tags || 'new'::text AS more, array_append(tags, :tag) AS appended, array_remove(scores, 1) AS without_one, array_to_string(tags, ',') AS list FROM events;

SELECT array_agg(DISTINCT country) AS countries, array_agg(id ORDER BY id) AS ids FROM authors;

SELECT coalesce(array_agg(id), '{}') AS ids, coalesce(array_agg(name), ARRAY[]::text[]) AS names, CASE WHEN count(*) > 1 THEN array_agg(id) ELSE '{}' END AS several FROM authors;

SELECT coalesce(array_agg(id), '{NULL}') AS ids, coalesce(array_agg(country), '{}') AS countries FROM authors;

SELECT author_id, array_agg(title ORDER BY id) AS titles, array_agg(subtitle) FILTER (WHERE subtitle IS NOT NULL) AS subs FROM books GROUP BY author_id;

SELECT id, doc -> 'a' AS a, doc ->> 'a' AS a_text, doc #>> '{b,0}' AS deep, doc @> '{"a": 1}' AS has, doc ? :key AS has_key FROM events;

SELECT id, jsonb_array_length(doc -> 'b') AS n FROM events WHERE jsonb_typeof(doc -> 'b') = 'array';

SELECT e.id, x.key, x.value FROM events e CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(e.doc) = 'object' THEN e.doc ELSE '{}' END) AS x;

SELECT e.id, x.value FROM events e CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(e.doc) = 'array' THEN e.doc ELSE '[]'::jsonb END) AS x (value);

SELECT jsonb_agg(title) AS all_titles, jsonb_object_agg(id, title) AS by_id, json_agg(b) AS whole FROM books b;

SELECT jsonb_build_object('id', id, 'tags', to_jsonb(tags)) AS doc, jsonb_set(doc, '{a}', '2') AS changed, doc - 'a' AS without_a FROM events;

SELECT r.a, r.b FROM jsonb_to_recordset('[{"a": 1, "b": "x"}]') AS r (a integer, b text);

SELECT id, mood, other, coalesce(other, mood) AS felt, mood = 'sad' AS is_sad, mood::text AS word FROM events WHERE mood = :mood OR other IN ('sad', :second);

SELECT mood, count(*) AS n, max(at) AS last, min(ended) AS first_end, avg(share) AS share FROM events GROUP BY mood ORDER BY mood;

SELECT enum_range(NULL::mood) AS all_moods;

SELECT id, at AT TIME ZONE 'UTC' AS local, ended AT TIME ZONE :zone AS moment, date_trunc('day', at) AS day, extract(epoch FROM lasts) AS seconds, age(at) AS age FROM events;

SELECT date_part('year', at) AS y, to_char(at, 'YYYY') AS t, at::date AS d, at + interval '1 day' AS later, at - ended AS span FROM events;

SELECT now() - at AS since, justify_hours(lasts) AS j, lasts * 2 AS twice, make_interval(days => 3) AS three, clock + interval '1 hour' AS c FROM events;

SELECT g.day, count(e.id) AS n FROM generate_series(timestamp '2026-01-01', timestamp '2026-01-05', interval '1 day') AS g (day) LEFT JOIN events e ON e.ended = g.day GROUP BY g.day ORDER BY g.day;

SELECT g.n, a.name FROM generate_series(1, 5) AS g (n) LEFT JOIN authors a ON a.id = g.n;

SELECT id FROM events WHERE at > now() - interval '7 days' AND ended < current_timestamp AND lasts > :lasts;

INSERT INTO events (tags, doc, mood, share) VALUES (:tags, :doc, :mood, :share) RETURNING id, at, mood, uid;

INSERT INTO events (tags, doc, mood, share) SELECT ARRAY[name], jsonb_build_object('id', id), 'calm', 1 FROM authors RETURNING id, tags;

INSERT INTO events (tags, doc, mood, share, at) VALUES ('{}', '{}', 'sad', 0, DEFAULT) RETURNING *;

UPDATE events SET tags = array_append(tags, :tag), doc = doc || :more, other = NULL, ended = now() WHERE id = :id RETURNING id, tags, doc, other;

UPDATE events e SET share = x.share FROM (SELECT avg(rating) AS share FROM books) x WHERE x.share IS NOT NULL AND e.id = :id RETURNING e.share, x.share AS average;

WITH moved AS (UPDATE books SET author_id = :to WHERE author_id = :from RETURNING id, title, subtitle) SELECT m.id, m.subtitle, r.stars FROM moved m LEFT JOIN reviews r ON r.book_id = m.id;

WITH made AS (INSERT INTO authors (id, name) VALUES (:id, :name) RETURNING id, born), logged AS (INSERT INTO reviews (book_id, number) SELECT id, 1 FROM made RETURNING book_id) SELECT made.id, made.born, logged.book_id FROM made LEFT JOIN logged ON logged.book_id = made.id;

WITH gone AS (DELETE FROM reviews WHERE stars IS NULL RETURNING *) SELECT count(*) AS n, count(body) AS bodies, max(stars) AS best FROM gone;

WITH RECURSIVE steps AS (SELECT id, boss_id, ARRAY[id] AS path FROM staff WHERE boss_id IS NULL UNION ALL SELECT s.id, s.boss_id, t.path || s.id FROM staff s JOIN steps t ON t.id = s.boss_id) SELECT id, path, cardinality(path) AS depth FROM steps;

WITH RECURSIVE t (n, word) AS (SELECT 1, 'a' UNION ALL SELECT n + 1, word || 'b' FROM t WHERE n < 4) SELECT n, word FROM t;

WITH RECURSIVE t (n, m) AS (SELECT id, born FROM authors UNION SELECT n, NULL::integer FROM t) SELECT n, m FROM t;

WITH RECURSIVE chain AS (SELECT id, boss_id FROM staff WHERE id = 1 UNION ALL SELECT s.id, s.boss_id FROM staff s JOIN chain c ON c.boss_id = s.id) SEARCH DEPTH FIRST BY id SET place SELECT id, boss_id FROM chain ORDER BY place;

WITH x AS MATERIALIZED (SELECT id, rating FROM books) SELECT x.id, y.rating FROM x JOIN x y ON y.id = x.id + 1;

SELECT DISTINCT ON (b.author_id) b.author_id, b.title, b.subtitle FROM books b ORDER BY b.author_id, b.pages DESC NULLS LAST;

SELECT DISTINCT ON (country) country, name FROM authors ORDER BY country, born DESC;

SELECT string_agg(name, ', ' ORDER BY name) AS names, bool_or(active) AS any_active, every(active) AS all_active, count(*) FILTER (WHERE NOT active) AS gone FROM authors;

SELECT country, bool_and(active) AS all_active, string_agg(name, :by) AS names, stddev(born) AS spread, corr(born, id) AS c FROM authors GROUP BY country;

SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY title) AS middle, percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY pages) AS quarters, rank(10) WITHIN GROUP (ORDER BY pages) AS place FROM books;

SELECT author_id, mode() WITHIN GROUP (ORDER BY rating) AS usual FROM books GROUP BY author_id;

SELECT (SELECT array_agg(r.stars) FROM reviews r WHERE r.book_id = b.id) AS stars, ARRAY(SELECT r.body FROM reviews r WHERE r.book_id = b.id) AS bodies FROM books b;

SELECT (b).title, row_to_json(b) AS whole FROM books b;

SELECT a.id, a.name FROM authors a WHERE (a.name, a.country) IS NOT DISTINCT FROM (:name, :country);

SELECT id FROM authors WHERE id = ANY(ARRAY(SELECT author_id FROM books)) AND born <> ALL (:years) AND name ~* :pattern;

SELECT id FROM authors WHERE name ILIKE :like AND name SIMILAR TO 'a%' AND position('a' IN name) > 0 AND overlay(name placing 'x' from 1) <> '';

SELECT substring(name FROM 1 FOR 2) AS s, trim(both ' ' FROM name) AS t, split_part(name, ' ', 1) AS p, left(name, 2) AS l, lpad(name, 5) AS padded, length(country) AS n, regexp_replace(name, 'a', 'b') AS r FROM authors;

SELECT 7 / 2 AS i, 7 % 2 AS m, 7.0 / 2 AS n, 2 ^ 3 AS p, sqrt(4) AS s, ceil(price) AS c, floor(rating) AS f, round(price) AS r, trunc(price, 1) AS t, mod(pages, 3) AS mo FROM books;

SELECT pages::integer AS i, price::double precision AS d, rating::numeric(10, 2) AS n, '12'::smallint AS s, title::varchar(3) AS v, id::text || 'x' AS t FROM books;

SELECT greatest(pages, id) AS g, least(published, current_date) AS l, coalesce(rating, 0) AS r, num_nulls(subtitle, rating) AS nulls FROM books;

SELECT id, code, bytes, length(bytes) AS n, encode(bytes, 'hex') AS hex, md5(code) AS hash, uid::text AS u FROM events;

SELECT gen_random_uuid() AS u, current_user AS who, current_setting('TimeZone') AS zone, pg_typeof(1)::text AS t, version() AS v;

SELECT * FROM (VALUES (1, 'a', NULL), (2, NULL, 2.5)) AS v (n, word, x);

SELECT v.n, sum(v.x) AS total FROM (VALUES (1, 2.5), (1, NULL), (2, 3)) AS v (n, x) GROUP BY v.n;

TABLE authors;

SELECT a.id, b.title FROM authors a JOIN books b ON b.author_id = a.id FOR NO KEY UPDATE OF b NOWAIT;

SELECT id, title FROM books ORDER BY id FETCH FIRST 3 ROWS ONLY;

SELECT x.id, x.n FROM (SELECT id, count(*) OVER () AS n FROM books) x WHERE x.n > :n ORDER BY x.id OFFSET :skip LIMIT :most;

SELECT id, title FROM books WHERE author_id IN (SELECT id FROM authors WHERE born IS NULL) UNION SELECT id, name FROM authors ORDER BY 2 LIMIT 5;

(SELECT id FROM authors ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM books ORDER BY id DESC LIMIT 1);

SELECT id FROM authors INTERSECT SELECT author_id FROM books EXCEPT SELECT book_id FROM reviews;

SELECT $1 AS x, id FROM authors WHERE id = $2;

SELECT id FROM authors WHERE id = $1 OR born = $1;

SELECT :n UNION SELECT 1;

SELECT id FROM books WHERE price * :factor > 10 AND rating < :rating AND pages / :by = 1;

SELECT id, count(*) OVER (PARTITION BY country RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n, first_value(born) OVER (PARTITION BY country ORDER BY born) AS youngest FROM authors;

SELECT id, sum(pages) OVER (PARTITION BY author_id ORDER BY published RANGE BETWEEN interval '1 day' PRECEDING AND CURRENT ROW) AS lately FROM books;

SELECT count(*) AS n, max(x.born) AS born FROM authors a LEFT JOIN authors x ON x.id = a.id + 1 WHERE x.id IS NULL;

SELECT a.id, b.id AS b, c.id AS c FROM authors a LEFT JOIN (books b JOIN reviews r ON r.book_id = b.id) ON b.author_id = a.id LEFT JOIN books c ON c.id = b.id;

SELECT id, x.stars FROM books JOIN reviews x ON x.book_id = id WHERE x.stars IS NOT DISTINCT FROM NULL;

SELECT CASE mood WHEN 'sad' THEN 1 WHEN 'glad' THEN 2 END AS n, CASE WHEN other IS NULL THEN mood ELSE other END AS felt FROM events;

SELECT NULL AS n, 'a' AS a, id, lag(pages, 1, 0) OVER (ORDER BY id) AS before_it FROM books;

-- on: mysql
SELECT country, active, count(*) AS n FROM authors GROUP BY country, active WITH ROLLUP;

SELECT a.country, max(a.name) AS last, sum(a.born) AS born FROM authors a GROUP BY a.country WITH ROLLUP HAVING count(*) > 1;

INSERT INTO reviews (book_id, number, stars) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE stars = coalesce(VALUES(stars), stars), body = NULL;

INSERT INTO authors (id, name) VALUES (?, ?) RETURNING id, born;

INSERT IGNORE INTO authors (id, name) SELECT id, title FROM books;

REPLACE INTO authors (id, name) VALUES (?, ?);

INSERT INTO staff SET id = ?, name = ?, salary = NULL;

UPDATE books b LEFT JOIN authors a ON a.id = b.editor_id SET b.subtitle = a.name, b.rating = ? WHERE b.id = ?;

UPDATE staff SET salary = salary * 2 WHERE salary IS NOT NULL ORDER BY id LIMIT 3;

DELETE FROM reviews WHERE stars < ? ORDER BY number LIMIT 2;

DELETE FROM staff WHERE id = ? RETURNING id, salary;

DELETE r FROM reviews r LEFT JOIN books b ON b.id = r.book_id WHERE b.id IS NULL;

SELECT id, mood, flags, doc, made, tiny, twice, at, ended, clock, bytes, share, code FROM events;

SELECT id + 1 AS more, tiny - 1 AS less, -tiny AS negative, tiny * share AS product, tiny / 2 AS half, id DIV 2 AS whole, made + 1 AS next_year FROM events;

SELECT json_extract(doc, '$.a') AS a, json_unquote(json_extract(doc, '$.b')) AS b, json_value(doc, '$.a') AS v, json_length(doc) AS n, json_valid(doc) AS valid, json_object('a', id) AS o, json_array(1, code) AS l FROM events;

SELECT date(at) AS d, time(at) AS t, year(at) AS y, month(ended) AS m, date_format(at, '%Y') AS f, timestampdiff(DAY, at, ended) AS days, datediff(at, ended) AS dd, unix_timestamp(at) AS u, at + INTERVAL 1 DAY AS later FROM events;

SELECT date_add(ended, INTERVAL ? HOUR) AS later, date_sub(at, INTERVAL 1 MONTH) AS before_it, last_day(at) AS last, dayname(at) AS day, extract(YEAR FROM at) AS y, hour(clock) AS h FROM events;

SELECT ifnull(ended, at) AS e, coalesce(flags, code) AS c, if(tiny > 3, mood, code) AS i, nullif(tiny, 0) AS n, greatest(tiny, 3) AS g, least(share, 1) AS l FROM events;

SELECT group_concat(DISTINCT code ORDER BY code DESC SEPARATOR '-') AS codes, sum(tiny) AS tiny, avg(tiny) AS a, bit_or(tiny) AS bits, max(mood) AS mood, min(made) AS made, std(share) AS s, json_arrayagg(code) AS l FROM events;

SELECT mood, count(*) AS n, sum(share) AS share, avg(id) AS a, max(at) AS last FROM events GROUP BY mood;

SELECT cast(code AS SIGNED) AS s, cast(tiny AS CHAR) AS c, cast(code AS DATE) AS d, cast(share AS DECIMAL(10, 2)) AS n, convert(code USING utf8mb4) AS u, binary code AS b, cast(code AS UNSIGNED) AS un, cast(tiny AS DOUBLE) AS dbl FROM events;

SELECT code REGEXP '^a' AS r, code LIKE ? AS l, code <=> ? AS n, tiny BETWEEN 1 AND 3 AS b, tiny IN (1, 2) AS i, NOT tiny AS nt, tiny AND share AS ad, tiny XOR 1 AS x, code IS NULL AS isn, flags = 'a' AS f FROM events;

SELECT concat(code, flags) AS c, concat_ws('-', code, flags) AS w, char_length(code) AS n, locate('a', code) AS p, lpad(code, 5, 'x') AS padded, substring_index(code, 'a', 1) AS si, hex(bytes) AS h, md5(code) AS m, format(share, 2) AS f, repeat(code, 2) AS r FROM events;

SELECT tiny & 1 AS a, tiny | 2 AS o, tiny ^ 3 AS x, tiny << 1 AS l, ~tiny AS inv, tiny % 3 AS m, tiny MOD 2 AS mm, abs(tiny) AS ab, sign(share) AS s, round(share, 1) AS r, floor(share) AS f, ceil(tiny) AS c, truncate(share, 1) AS t, pow(tiny, 2) AS p, sqrt(share) AS sq FROM events;

SELECT id, lag(tiny) OVER (ORDER BY id) AS l, first_value(mood) OVER (PARTITION BY code ORDER BY id) AS f, sum(tiny) OVER (PARTITION BY code) AS s, percent_rank() OVER (ORDER BY tiny) AS p, ntile(2) OVER (ORDER BY id) AS n FROM events;

WITH RECURSIVE t AS (SELECT 1 AS n, CAST('a' AS CHAR(20)) AS word UNION ALL SELECT n + 1, concat(word, 'b') FROM t WHERE n < 4) SELECT n, word FROM t;

SELECT e.id, a.name FROM events e STRAIGHT_JOIN authors a ON a.id = e.id;

SELECT id FROM authors WHERE id IN (SELECT author_id FROM books) FOR UPDATE;

SELECT SQL_NO_CACHE id, name FROM authors USE INDEX (PRIMARY) WHERE id = ? LIMIT 3, 5;

SELECT a.id, (SELECT max(stars) FROM reviews r WHERE r.book_id = a.id) + 1 AS x FROM authors a ORDER BY isnull(a.country), a.country;

SELECT mood AS m FROM events UNION ALL SELECT code FROM events UNION ALL SELECT name FROM authors;

SELECT tiny AS n FROM events UNION SELECT id FROM authors;

SELECT made AS n FROM events UNION SELECT id FROM events;

VALUES (1, 'a'), (2, 'b');

SELECT count(*) AS n FROM events WHERE at > now() - INTERVAL 7 DAY AND at BETWEEN ? AND ? AND mood = ? AND made = ? AND flags LIKE ?;

-- on: sqlite
SELECT code, body, weight, raw, doc, twice FROM notes;

SELECT anything, amount, day, label FROM loose;

SELECT id, anything IS NULL AS n, typeof(anything) AS t, amount * 2 AS twice, label || amount AS text_of FROM loose;

SELECT CAST(doc ->> '$.a' AS TEXT) AS a, doc -> '$.b' AS b, json_array_length(doc, '$.b') AS n FROM notes WHERE json_valid(doc);

SELECT n.code, e.id, e.type, CAST(e.value AS TEXT) AS v, e.fullkey FROM notes n, json_each(n.doc) e WHERE json_valid(n.doc);

SELECT CAST(e.value AS INTEGER) AS v FROM json_each(:ids) e;

SELECT date(day) AS d, strftime('%Y', day) AS y, julianday(day) AS j, unixepoch(day) AS u, datetime('now') AS n, CAST(strftime('%s', 'now') AS INTEGER) AS s FROM loose;

SELECT abs(amount) AS a, round(amount, 1) AS r, max(amount, 3) AS m, min(id, 3) AS mi, coalesce(anything, 1) IS NULL AS c FROM loose;

SELECT sum(amount) AS s, total(amount) AS t, avg(amount) AS a, max(label) AS l, group_concat(label, '-') AS g, count(anything) AS n FROM loose;

SELECT label, sum(id) AS s, total(amount) AS t, min(day) AS d FROM loose GROUP BY label;

SELECT a.id, max(a.born) AS born, a.name FROM authors a GROUP BY a.country;

SELECT id, title, count(*) AS n FROM books;

SELECT hex(raw) AS h, length(raw) AS n, quote(body) AS q, unicode(body) AS u, char(65) AS c, instr(body, 'a') AS i, printf('%d', 3) AS p, zeroblob(3) AS z FROM notes;

SELECT CAST(body AS INTEGER) AS i, CAST(body AS REAL) AS r, CAST(weight AS TEXT) AS t, CAST(weight AS INTEGER) AS w, CAST(raw AS TEXT) AS rt, CAST(body AS BLOB) AS b FROM notes;

SELECT 5 / 2 AS i, 5 / 2.0 AS r, 5 % 2 AS m, 5 & 3 AS a, ~5 AS inv, -weight AS n, weight + 1 AS w, weight / 0 AS z, 'a' || 1 AS t FROM notes;

SELECT body LIKE :like AS l, body GLOB 'a*' AS g, body IS NOT :other AS n, weight IS NULL AS w, body BETWEEN 'a' AND 'b' AS b, code IN ('a', :code) AS i FROM notes;

SELECT iif(weight > 1, body, 'x') AS s, iif(weight > 1, weight, 1.5) AS w, ifnull(weight, 0.5) AS z, nullif(code, '') AS n FROM notes;

INSERT INTO notes (code, body) VALUES (:code, :body) ON CONFLICT (code) DO UPDATE SET body = excluded.body, weight = coalesce(notes.weight, :weight) RETURNING code, body, weight, twice;

INSERT OR IGNORE INTO loose (amount, day, label) VALUES (:amount, :day, :label) RETURNING id;

INSERT INTO loose (amount, day, label) SELECT pages, published, title FROM books WHERE published IS NOT NULL;

SELECT id, lag(pages, 1, 0) OVER (ORDER BY id) AS before_it FROM books;

UPDATE OR REPLACE loose SET label = label || :more, anything = :anything WHERE rowid = :id RETURNING label;

DELETE FROM notes WHERE code = :code RETURNING *;

SELECT rowid AS r, id FROM loose WHERE _rowid_ > :least;

SELECT a.name FROM authors a NOT INDEXED WHERE a.id = 1;

SELECT n.code, l.label FROM notes n LEFT JOIN loose l ON l.label = n.body AND l.id > 1 ORDER BY n.code COLLATE NOCASE;

SELECT count(*) AS n FROM notes n NATURAL JOIN loose l;

SELECT id, sum(amount) OVER (ORDER BY id) AS s, lag(label, 1, 'none') OVER (ORDER BY id) AS l, group_concat(label) OVER (ORDER BY id) AS g FROM loose;

WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n, n * 1.5 AS x FROM c;

SELECT likely(id > 1) AS l, random() AS r, last_insert_rowid() AS i, sqlite_version() AS v, changes() AS c FROM loose;

-- on: sqlite postgres
SELECT id, a.name, b.title FROM authors a FULL JOIN books b USING (id) WHERE id IS NOT NULL;

SELECT id, a.name, b.title FROM authors a FULL JOIN books b USING (id) WHERE id > 0;

SELECT x.id, x.name FROM (SELECT id, a.name FROM authors a RIGHT JOIN books b USING (id)) x WHERE x.id IS NOT NULL;

SELECT id, sum(pages) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS next_pages, first_value(title) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS first_before, count(*) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS n FROM books;

SELECT id, max(pages) OVER (w ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS m, min(title) OVER w AS t FROM books WINDOW w AS (PARTITION BY author_id ORDER BY id);

SELECT id, sum(pages) OVER w AS s FROM books WINDOW w AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING);

SELECT a.id, (SELECT count(a.id) FROM books b WHERE b.id < 0) AS n FROM authors a GROUP BY a.id;

-- on: postgres
SELECT a.id, n.x FROM authors a LEFT JOIN (VALUES (1, 'x')) AS n (id, x) ON n.id = a.id;

-- on: sqlite
SELECT rowid AS r, max(id) AS m FROM books;

SELECT code, n FROM keyed;

SELECT k.code, max(k.n) AS n FROM keyed k WHERE k.n > 1 GROUP BY k.code;

SELECT id, anything FROM loose WHERE anything = 1;

SELECT max(title) AS t FROM books HAVING count(*) > 0;

SELECT 1 AS one, count(*) AS n, 'x' AS x, max(id) + 1 AS m FROM books;

SELECT a.id, b.title FROM authors a, books b LEFT NATURAL JOIN (SELECT book_id AS id, stars FROM reviews) r;

SELECT count(*) AS n FROM books WHERE id IN (SELECT id FROM authors);

-- on: postgres
SELECT coalesce(country, 'none') AS c, count(*) AS n FROM authors GROUP BY ROLLUP (coalesce(country, 'none'));

SELECT upper(coalesce(country, 'none')) AS c, active AS a, count(*) AS n FROM authors GROUP BY CUBE (upper(coalesce(country, 'none')), active);

SELECT coalesce(country, 'none') AS c, length(coalesce(country, 'none')) AS l FROM authors GROUP BY ROLLUP (c);

SELECT 'total' AS label, born IS NULL AS unborn, count(*) AS n FROM authors GROUP BY GROUPING SETS ((born IS NULL), ());

SELECT x.c FROM (SELECT coalesce(country, 'none') AS c FROM authors GROUP BY ROLLUP (1)) x;

SELECT a.id, b IS NULL AS missing, row_to_json(b) AS doc, to_jsonb(b) AS j FROM authors a LEFT JOIN books b ON b.author_id = a.id;

SELECT a.id, (b).title AS t, b.ctid AS c FROM authors a LEFT JOIN books b ON b.author_id = a.id;

SELECT id, max(rating) FILTER (WHERE pages > 3) OVER (PARTITION BY author_id) AS m, count(*) OVER (ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS n, sum(pages) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND CURRENT ROW EXCLUDE CURRENT ROW) AS s FROM books;

SELECT string_agg(DISTINCT title, ',') AS t, max(added) AS m FROM books WHERE false;

SELECT (SELECT 1 WHERE false) AS n, (SELECT 1) AS one, (SELECT count(*) FROM books HAVING false) AS none, (SELECT max(id) FROM books) IS NULL AS empty;

SELECT array_agg(x.n) AS l, max(x.w) AS w FROM (SELECT 1 AS n, 'a' AS w WHERE :flag) x;

SELECT a.name, g FROM authors a CROSS JOIN generate_series(1, 2) AS g WHERE a.born = g;

SELECT unnest(tags) AS tag, unnest(scores) AS score, generate_series(1, 3) AS n FROM events;

SELECT (ARRAY['a', 'b'])[3] AS none, tags[9] AS missing, (tags || ARRAY['x'])[1] AS first_one, array_position(tags, 'zz') AS place, array_upper(tags, 1) AS up, array_ndims(tags) AS dims FROM events;

SELECT to_number('12', '99') AS n, nullif(1, 1) AS none, to_date('2026', 'YYYY') AS d, regexp_match(code, 'z') AS m, substring(code FROM 'z') AS s, jsonb_path_query_first(doc, '$.zz') AS p, doc #> '{zz}' AS z, lower('[1,2]'::int4range) AS low FROM events;

INSERT INTO authors AS x (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET born = x.born + 1 RETURNING x.id, x.born, (SELECT b.title FROM books b WHERE b.author_id = x.id LIMIT 1) AS title;

UPDATE books SET subtitle = r.body FROM reviews r LEFT JOIN authors a ON a.id = r.stars WHERE r.book_id = books.id RETURNING books.title, r.body, a.name;

DELETE FROM reviews r USING books b LEFT JOIN authors a ON a.id = b.editor_id WHERE b.id = r.book_id RETURNING r.book_id, b.subtitle, a.name;

SELECT w.id, w.t FROM (SELECT id, title AS t FROM books UNION ALL SELECT id, subtitle FROM books) w WHERE w.t IS NOT NULL;

SELECT v.a, v.b FROM (VALUES ('x', NULL), (NULL, 'y')) AS v (a, b) WHERE v.a = 'x';

WITH t (a, b) AS (SELECT id, born FROM authors WHERE born IS NOT NULL) SELECT a, b FROM t UNION ALL SELECT 1, NULL;

SELECT count(*) AS n FROM authors a LEFT JOIN LATERAL (SELECT b.id FROM books b WHERE b.author_id = a.id) x ON true GROUP BY a.id HAVING max(x.id) IS NULL;

SELECT max(a.id) AS m, a.country IS NULL AS c FROM authors a GROUP BY a.country IS NULL;

-- on: mysql
SELECT ifnull(country, 'none') AS c, count(*) AS n FROM authors GROUP BY ifnull(country, 'none') WITH ROLLUP;

SELECT ifnull(country, 'none') AS c, char_length(ifnull(country, 'none')) AS l, count(*) AS n FROM authors GROUP BY c WITH ROLLUP;

SELECT active AND born IS NULL AS x, count(*) AS n FROM authors GROUP BY x WITH ROLLUP;

SELECT a.name, b.title FROM authors a LEFT JOIN (books b JOIN reviews r ON r.book_id = b.id) ON b.author_id = a.id;

SELECT id, max(pages) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS m, count(*) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS n, sum(tiny) OVER w AS s FROM (SELECT id, tiny, tiny * 2 AS pages FROM events) x WINDOW w AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING);

SELECT cast('x' AS DATE) AS d, cast('x' AS TIME) AS t, 1 / 0 AS z, 1 % 0 AS m, 5 DIV 0 AS w, str_to_date('x', '%Y-%m-%d') AS s, str_to_date(name, '%H:%i') AS st, str_to_date(name, '%Y-%m-%d %H:%i') AS sd, date('x') AS dd, sqrt(-1) AS sq, ln(0) AS l, makedate(2026, 0) AS md FROM authors;

SELECT hour(clock) AS h, clock + INTERVAL 1 HOUR AS later, addtime(clock, '01:00:00') AS a, timediff(at, ended) AS td, time_to_sec(clock) AS s, elt(9, 'a') AS e, field('x', code) AS f, inet_aton(code) AS i, quote(flags) AS q, nullif(code, code) AS n FROM events;

SELECT count(*) AS n, stddev_samp(tiny) AS s, var_samp(tiny) AS v, group_concat(code) AS g, bit_and(tiny) AS b, json_objectagg(id, code) AS o FROM events GROUP BY mood;

-- on: sqlite
WITH up (id, boss_id) AS (SELECT id, boss_id FROM staff WHERE id = :id UNION SELECT s.id, s.boss_id FROM staff s JOIN up ON up.boss_id = s.id) SELECT count(*) AS n FROM up;

-- on: postgres
INSERT INTO events (id, tags, doc, mood, share) VALUES (DEFAULT, '{}', '{}', 'sad', 0) RETURNING id;

UPDATE events SET id = DEFAULT, ended = now() WHERE id = :id RETURNING id;

INSERT INTO events (id, tags, doc, mood, share) OVERRIDING SYSTEM VALUE VALUES (:id, '{}', '{}', 'sad', 0) RETURNING id;

-- on: sqlite postgres mysql
SELECT s.name, r.stars, u.n FROM staff s LEFT JOIN ((SELECT book_id, stars FROM reviews) r LEFT JOIN (SELECT 1 AS n) u ON u.n = r.stars) ON r.book_id = s.id;

SELECT a.country AS c, count(*) AS n FROM authors a GROUP BY a.country ORDER BY n DESC, c, a.country, max(a.id);

-- on: sqlite
SELECT e.key, e.value, e.type FROM notes n, json_each(n.doc, '$.b') e;

SELECT doc ->> '$.a' AS a, json_extract(doc, :path) AS x, json_extract(doc, '$.a') + 1 AS n, NULL AS none FROM notes;

SELECT ifnull(published, date('now')) AS d, date(:day, :move) AS moved, strftime(:format, added) AS f FROM books;

-- on: mysql
SELECT e.id, j.place, j.a, j.b FROM events e JOIN JSON_TABLE(e.doc, '$' COLUMNS (place FOR ORDINALITY, a INT PATH '$.a' DEFAULT '0' ON EMPTY NULL ON ERROR, NESTED PATH '$.b[*]' COLUMNS (b VARCHAR(20) PATH '$'))) AS j;

SELECT now(3) AS n, from_unixtime(tiny) AS f, mod(tiny, 2) AS m, timestampadd(DAY, 1, at) AS t, concat(bytes, 'x') AS c, median(share) OVER (PARTITION BY mood) AS md, clock - clock AS s FROM events;

SELECT ceil(price) AS c, floor(discount) AS f, ceil(sum(price)) AS s FROM books GROUP BY price, discount;

SELECT id, u.made, e.code FROM events e JOIN (SELECT 1 AS id, 2 AS made) u USING (id);

SELECT id, e.code FROM events e RIGHT JOIN (SELECT 1 AS id) u USING (id);

SELECT id, code FROM events UNION ALL SELECT NULL, 'x';

-- on: postgres
INSERT INTO reviews (book_id, number) VALUES (:book, :number) ON CONFLICT (number, book_id) DO NOTHING;

SELECT a.id, (SELECT count(*) FROM books a WHERE a.id > 1) AS n FROM authors a ORDER BY 2, 1;

-- on: sqlite
SELECT json_extract(doc, '$.a') AS a FROM notes WHERE json_valid(doc);

SELECT CAST(json_extract(doc, '$.a') AS INTEGER) AS a, json_type(doc) AS t, doc ->> '$.a' AS b FROM notes WHERE json_valid(doc);

SELECT substr(raw, 1, 2) AS s, substr(body, :from) AS b FROM notes;

-- on: mysql
SELECT str_to_date(:text, '%d.%m.%Y') AS d, get_lock(:name, 1) AS l FROM events;

-- on: postgres
MERGE INTO authors a USING (SELECT id, name FROM staff WHERE salary > :least) s ON s.id = a.id WHEN MATCHED AND s.name <> a.name THEN UPDATE SET name = s.name, born = :born WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name);

WITH s AS (SELECT 1 AS id) MERGE INTO authors USING s ON s.id = authors.id WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED AND s.id > 5 THEN INSERT (id, name, active) VALUES (s.id, 'a', DEFAULT);

SELECT (point(1.5, 2))[0] AS x, (box(point(0, 0), point(1, 1)))[0] AS corner, percentile_cont(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY rating) AS p, regexp_match('a@b', '(.)@(.)') AS m FROM books;

SELECT country, array_agg(id) AS ids, array_agg(country) FILTER (WHERE country IS NOT NULL) AS all_of_them FROM authors GROUP BY CUBE (country);

SELECT sum(pages) OVER (ORDER BY published RANGE BETWEEN :before PRECEDING AND '1 day' FOLLOWING) AS s, sum(pages) OVER (w RANGE BETWEEN :ids PRECEDING AND CURRENT ROW) AS t FROM books WINDOW w AS (ORDER BY id);

UPDATE grown SET name = 'a' WHERE id = 1;

SELECT a.id FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.id = 1 FOR UPDATE;

SELECT interval '1 year 2 mons 3d 04:05:06' AS i, extract(isodow FROM added) AS d, date_trunc('Weeks', added) AS w FROM books;

-- on: mysql
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pages) OVER (PARTITION BY author_id) AS c, percentile_disc(0.5) WITHIN GROUP (ORDER BY pages) OVER () AS d, median(pages) OVER () AS m FROM books;

SELECT greatest(published, '2020-01-01') AS d, least(added, published) AS t, benchmark(1, 1) AS b FROM books;

UPDATE events SET doc = json_set(doc, '$.a', :a) WHERE id = :id;

SELECT match (title, body) against (:text IN BOOLEAN MODE) AS m FROM articles WHERE match (body, title) against (:text);

UPDATE events SET mood = 'SAD', flags = 'b', tiny = '12', ended = '2020-1-31 10:00', clock = '10:00', made = '2020', code = 'abc ';

INSERT IGNORE INTO events (at, doc, mood, tiny, made, share, code) VALUES (now(), '{}', 'sadd', 1000, 2020, 1, 'long');

UPDATE grown SET name = 'a' WHERE id = 1;

-- on: sqlite
SELECT type, name, sql FROM sqlite_master WHERE type = 'table';

SELECT name, "notnull", dflt_value FROM pragma_table_info('authors');

INSERT INTO keyed (rowid, code, n) VALUES (:row, :code, 1);

UPDATE notes SET doc = json_set(coalesce(doc, '{}'), '$.a', :a), weight = '1.5' WHERE code = 'a';

UPDATE stood_in SET name = :name WHERE id = 1;

SELECT id FROM authors LIMIT '5';

SELECT substr(raw, 1, 2) AS head, length(raw) AS n FROM notes WHERE raw IS NOT NULL;

-- on: postgres
SELECT tags[1][1] AS t, doc['a'][0] AS d, '{{1,2},{3,4}}'::int[] AS m, '[2:3]={1,2}'::int[] AS b FROM events;

-- on: mysql
SELECT mood + 0 AS m, flags + 0 AS f FROM events;

SELECT j.name, j.age FROM JSON_TABLE(:doc, '$[*]' COLUMNS (name VARCHAR(20) PATH '$.name', age INT PATH '$.age')) AS j;

-- on: sqlite mysql
WITH RECURSIVE up AS (SELECT id, boss_id, name FROM staff WHERE id = ? UNION SELECT s.id, s.boss_id, s.name FROM staff s JOIN up ON s.id = up.boss_id) SELECT name, boss_id FROM up;

SELECT sum(pages) OVER (ORDER BY pages + ? RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM books;

-- on: sqlite
SELECT * FROM books NATURAL JOIN (SELECT pages, title FROM books) b;

SELECT * FROM books FULL JOIN (SELECT subtitle, id FROM books) b USING (id, subtitle);

SELECT q.* FROM (SELECT * FROM reviews JOIN (SELECT number, body, book_id AS of FROM reviews) r USING (number)) q;

SELECT id FROM books LIMIT -1;

SELECT id FROM books INDEXED BY books_by_pages WHERE pages > 1;

SELECT likelihood(id = 1, 0.5) AS l FROM books WHERE likely(id = 1);

INSERT INTO keyed (code, n) VALUES ('a', 1) ON CONFLICT (code) DO UPDATE SET n = n + excluded.n WHERE n > 1 RETURNING n;

-- on: mysql
SELECT id, json_set(doc, '$.x', ?) AS s FROM events;

SELECT id FROM books WHERE id = (SELECT author_id FROM books ORDER BY id LIMIT 1);

UPDATE books SET pages = pages + '3' WHERE title = 'a';

-- on: postgres
SELECT b.title, x.one FROM books b LEFT JOIN LATERAL (SELECT b.pages AS one) x ON true;

SELECT unnest(tags) || 'a' AS t, abs(generate_series(1, 2)) AS n FROM events ORDER BY generate_series(1, 2);

INSERT INTO staff (id, name) SELECT generate_series(10, 12), 'a';

SELECT '{"a": [1, "b\"", null], "c": -1.5e3}'::jsonb AS j;

-- on: postgres
INSERT INTO reviews (book_id, number) VALUES (1, 1) ON CONFLICT ON CONSTRAINT reviews_pkey DO NOTHING;

SELECT '{1, 3}'::integer[] AS a, '{a,b}'::text[] AS b, timestamp '2026-01-01 24:00:00' AS t, encode(bytes, 'HEX') AS e FROM events;

SELECT title COLLATE "C" AS t, tags[1] COLLATE "C" AS g FROM books, events;

-- on: mysql
SELECT trim(LEADING '0' FROM title) AS t, trim(BOTH FROM title) AS b, ceiling(1.2) AS c, count(DISTINCT id, pages) AS n, round(price) AS r, title COLLATE utf8mb4_bin AS bin, CONVERT(title USING utf8mb4) AS u FROM books GROUP BY id;

SELECT b.id FROM books b USE INDEX (PRIMARY) IGNORE INDEX FOR JOIN (author_id) WHERE b.id = 1;

SELECT id FROM staff WHERE name LIKE 'a' ESCAPE '';

SELECT 'x' COLLATE utf8mb4_bin AS a, _latin1'x' COLLATE latin1_bin AS b, title REGEXP '^[[:alpha:]_]+(a|b)?$' AS c, time '10:00' AS d, rank() OVER w AS e, lag(id) OVER w AS f, median(pages) OVER (PARTITION BY author_id) AS m FROM books WINDOW w AS (ORDER BY id);

SELECT CAST(pages AS CHAR(5)) AS c, CAST(added AS DATETIME(3)) AS d, CAST(pages AS UNSIGNED INTEGER) AS u FROM books;

SELECT t.a, t.b FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (a INT PATH '$.a', b VARCHAR(5) PATH '$.b[0]')) t;

UPDATE events SET clock = '838:59:59' WHERE clock = '2 10:00:00' OR clock = '10:00:00.5';

-- on: postgres
SELECT jsonb_exists(doc, 'a') AS a, '[1,5)'::int4range AS b, '(,)'::int4range AS c, 'empty'::daterange AS d, '["2026-01-01",2026-02-01)'::tsrange AS e, '{[1,2), [4,5)}'::int4multirange AS f, int4range(1, 5, '[]') AS g FROM events;

SELECT '\x00ff'::bytea AS a, 'plain\\\000'::bytea AS b, to_tsquery('simple', '!fat <-> (rat | ''big cat'':A) & super:*') AS c, to_tsvector('pg_catalog.german', title) AS d FROM books;

SELECT title ~ '^\(?[^]a-z]+(b|c)*$' AS a, title ~ '(?i)x' AS b, regexp_replace(title, '\s+', ' ', 'g') AS c, added AT TIME ZONE 'UTC+3' AS d, added AT TIME ZONE 'europe/berlin' AS e, added AT TIME ZONE 'CEST' AS f FROM books;

SELECT jsonb_path_query_first(doc, 'strict $.a[*] ? (@.b > 1 && @.c like_regex "^a\\(")') AS a, jsonb_path_exists(doc, 'exists($."x.y")') AS b, jsonb_path_query_array(doc, '$.**{2 to last}') AS c FROM events;

SELECT b.id, a.name FROM books b FULL JOIN authors a ON b.author_id = a.id AND b.pages > a.born;

SELECT b.id, a.name FROM books b FULL JOIN authors a ON true;

-- on: sqlite
SELECT json('{a: 1, ''b'': [+.5, 0x1F,],}') AS j, json_extract('[1, 2]', '$[#-1]') AS a, json_extract(doc, '$.a."b c"[0]') AS b, doc -> 'name' AS c, doc ->> 2 AS d, json_object('a', 1, title, 2) AS o FROM notes, books;

INSERT INTO books (id, author_id, title, price, pages, added) SELECT 9, id, name, 1, 1, '2026-01-01' FROM authors WHERE true ON CONFLICT (id) DO NOTHING;

SELECT b.id FROM main.books b, reviews r INDEXED BY sqlite_autoindex_reviews_1 WHERE b.id = 0x1F AND r.book_id = b.id;

SELECT title FROM searched WHERE searched MATCH 'title : one + two* AND (three OR NEAR(a b, 5)) NOT "a-b"' ORDER BY rank;

SELECT s.body, bm25(searched) AS b, highlight(searched, 0, '<', '>') AS h FROM searched s WHERE s.title MATCH '^one two';

-- on: postgres
SELECT id FROM books WHERE id = ANY ('{1, 2}') AND current_timestamp(3) > added AND position('a' IN title) > 0 AND current_schema() IS NOT NULL;

-- on: mysql
UPDATE books SET published = 20260131 WHERE published > 260131;

-- on: postgres
SELECT (b).title, id(b) AS n FROM books b;
