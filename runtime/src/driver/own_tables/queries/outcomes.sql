-- @dialect mysql

-- Rows of sessions that ended long ago, a few at a time.
-- name: tidy :exec
DELETE FROM _bindery_commits WHERE used < CURRENT_TIMESTAMP - INTERVAL 7 DAY LIMIT 100;

-- name: add :exec
INSERT INTO _bindery_commits (session, number) VALUES (@bindery_session, 0);

-- The row may be gone where the session has slept for longer than they are kept.
-- name: count :exec
INSERT INTO _bindery_commits (session, number) VALUES (:session, :number)
ON DUPLICATE KEY UPDATE number = VALUES(number), used = CURRENT_TIMESTAMP;

-- name: look_up :opt
SELECT number FROM _bindery_commits WHERE session = :session FOR UPDATE NOWAIT;

-- It changes the row whatever it holds.
-- name: fence :exec
UPDATE _bindery_commits SET used = used + INTERVAL 1 SECOND WHERE session = :session;
