-- name: all_72 :many
SELECT title ~ :pattern AS fits, title || ' ' || coalesce(subtitle, '') AS whole, subtitle || title AS maybe FROM books;

-- name: all_73 :many
SELECT u.x, u.n FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u (x, n);

-- name: all_74 :many
SELECT greatest(rating, 1) AS g, least(discount, price) AS l, least(discount, NULL) AS none FROM books;

-- name: all_75 :many
SELECT a.name, (a.born IS NULL) AS unborn, a.born IS DISTINCT FROM 3 AS other FROM authors a FOR UPDATE OF a SKIP LOCKED;

-- name: all_76 :many
SELECT price * 2 AS twice FROM books WHERE price = :price * 2 AND added > now() - :age * interval '1 day';

-- name: all_77 :many
SELECT (ARRAY[1, 2, 3])[2] AS two, ARRAY(SELECT id FROM authors) AS ids;

-- name: all_78 :many
SELECT id, (SELECT row_to_json(r) FROM reviews r WHERE r.book_id = b.id LIMIT 1) AS review FROM books b;

-- name: all_79 :many
SELECT 'a'::text AS t, NULL::integer AS n, :x::bigint AS x, cast(pages AS text) AS p FROM books;

-- name: refused_0 :many
SELECT titel FROM books;

-- name: refused_1 :many
SELECT b.titel FROM books b;

-- name: refused_2 :many
SELECT a.title FROM books b;

-- name: refused_3 :many
SELECT title FROM bookz;
