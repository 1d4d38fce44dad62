-- name: sample :one
SELECT * FROM samples WHERE id = :id;

-- name: add_sample :exec
INSERT INTO samples (id, flag, small, number, big, ratio, single, price, word, line, raw, day, hour, at, instant, token, mood, data, code)
VALUES (:id, :flag, :small, :number, :big, :ratio, :single, :price, :word, :line, :raw, :day, :hour, :at, :instant, :token, :mood, :data, :code);

-- name: ids :many
SELECT id FROM samples ORDER BY id;

-- name: count_samples :scalar
SELECT count(*) AS n FROM samples;

-- name: mark :rows
UPDATE samples SET word = :word WHERE id = :id;

-- name: of_flags :many
SELECT id FROM samples WHERE flag IN :flags ORDER BY id;

-- name: of_numbers :many
SELECT id FROM samples WHERE number IN :numbers ORDER BY id;

-- name: of_ratios :many
SELECT id FROM samples WHERE ratio IN :ratios ORDER BY id;

-- name: of_prices :many
SELECT id FROM samples WHERE price IN :prices ORDER BY id;

-- name: of_raws :many
SELECT id FROM samples WHERE raw IN :raws ORDER BY id;

-- name: of_days :many
SELECT id FROM samples WHERE day IN :days ORDER BY id;

-- name: of_hours :many
SELECT id FROM samples WHERE hour IN :hours ORDER BY id;

-- name: of_times :many
SELECT id FROM samples WHERE at IN :times ORDER BY id;

-- name: of_instants :many
SELECT id FROM samples WHERE instant IN :instants ORDER BY id;

-- name: of_tokens :many
SELECT id FROM samples WHERE token IN :tokens ORDER BY id;

-- name: of_moods :many
SELECT id FROM samples WHERE mood IN :moods ORDER BY id;

-- name: of_codes :many
SELECT id, code FROM samples WHERE code IN :codes ORDER BY id;

-- name: of_other_tokens :many
SELECT id FROM samples WHERE token NOT IN :tokens ORDER BY id;

-- Every pair of rows, so that it takes long.
-- name: slow :scalar
SELECT count(*) AS n FROM samples a, samples b WHERE a.big + b.big < :least;

-- name: successor :opt
-- @engines p
SELECT CAST("?column?" AS bigint) AS successor FROM successors WHERE CAST(id AS bigint) = :id;

-- name: each_id :iter
SELECT id FROM samples ORDER BY id;
