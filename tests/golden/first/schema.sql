-- A note that somebody wrote.
CREATE TABLE notes (
    id      INTEGER PRIMARY KEY,
    title   VARCHAR(255) NOT NULL,
    body    TEXT,            -- Markdown.
    stars   INTEGER NOT NULL DEFAULT 0
);
