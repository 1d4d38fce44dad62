-- name: all_60 :many
SELECT active, count(*) FROM authors GROUP BY GROUPING SETS ((active), ());

-- name: all_61 :many
SELECT a.id, l.title FROM authors a LEFT JOIN LATERAL (SELECT title FROM books b WHERE b.author_id = a.id ORDER BY pages LIMIT 1) l ON true;

-- name: all_62 :many
SELECT a.id, l.n FROM authors a CROSS JOIN LATERAL (SELECT count(*) AS n FROM books b WHERE b.author_id = a.id) l;

-- name: all_63 :many
SELECT id FROM authors WHERE id = ANY(:ids) AND name = ANY(:names);

-- name: all_64 :many
SELECT g FROM generate_series(1, :n) AS g;

-- name: all_65 :many
SELECT array_agg(title ORDER BY title) AS titles, string_agg(title, ', ') AS list, array_agg(subtitle) AS subs FROM books GROUP BY author_id;

-- name: all_66 :many
SELECT extract(year FROM published) AS y, date_trunc('month', added) AS m, published + :days AS later, added - interval '1 day' AS before_it FROM books;

-- name: all_67 :many
SELECT json_build_object('a', title, 'b', rating) AS doc, to_jsonb(b) AS whole FROM books b;

-- name: all_68 :many
SELECT x.key, x.value FROM jsonb_each('{"a": 1}') AS x;

-- name: all_69 :many
SELECT DISTINCT ON (author_id) author_id, title FROM books ORDER BY author_id, pages DESC;

-- name: all_70 :many
WITH gone AS (DELETE FROM reviews WHERE stars < :stars RETURNING book_id, stars) SELECT book_id, count(*) AS n FROM gone GROUP BY book_id;

-- name: all_71 :many
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pages) AS middle, mode() WITHIN GROUP (ORDER BY title) AS usual FROM books;
