-- name: add :exec
INSERT INTO _bindery_saga_steps (uid, step_no, way, step, outcome, output, written, at_ms)
VALUES (:uid, :step_no, :way, :step, :outcome, :output, :written, @now);

-- name: read :many
SELECT step_no, way, step, outcome, output, written FROM _bindery_saga_steps WHERE uid = :uid ORDER BY way DESC, step_no;

-- name: forget :exec
DELETE FROM _bindery_saga_steps WHERE uid = :uid;
