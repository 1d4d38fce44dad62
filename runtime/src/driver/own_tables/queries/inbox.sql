-- name: add :rows
INSERT INTO _bindery_inbox (effect, done_at) VALUES (:effect, @now) @or_nothing;

-- name: prune :rows
DELETE FROM _bindery_inbox WHERE done_at < @now - :age_ms;
