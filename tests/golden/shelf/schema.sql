-- The schema of docs/joins.md.
CREATE TABLE authors (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    mentor_id       INTEGER REFERENCES authors(id)
);

CREATE TABLE books (
    id              INTEGER PRIMARY KEY,
    title           TEXT NOT NULL,
    author_id       INTEGER NOT NULL REFERENCES authors(id),
    translator_id   INTEGER REFERENCES authors(id)
);

CREATE TABLE reviews (
    id              INTEGER PRIMARY KEY,
    book_id         INTEGER NOT NULL REFERENCES books(id) ON DELETE CASCADE,
    stars           INTEGER NOT NULL
);
