-- One engine, as in most programs. The examples of docs/relations.md, docs/joins.md and docs/web.md run on it.

CREATE TABLE people (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL
);

-- One more thing about a person: its key is theirs.
CREATE TABLE profiles (
    person_id   INTEGER PRIMARY KEY REFERENCES people(id),
    about       TEXT NOT NULL
);

-- A category, within another one or none.
CREATE TABLE categories (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    parent_id   INTEGER REFERENCES categories(id)
);

-- A book has an editor, or none yet.
CREATE TABLE books (
    id          INTEGER PRIMARY KEY,
    title       TEXT NOT NULL,
    editor_id   INTEGER REFERENCES people(id),
    category_id INTEGER REFERENCES categories(id)
);

-- Who wrote what: nothing but two keys.
CREATE TABLE authorships (
    book_id     INTEGER NOT NULL REFERENCES books(id) ON DELETE CASCADE,
    person_id   INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    PRIMARY KEY (book_id, person_id)
);

CREATE TABLE reviews (
    id          INTEGER PRIMARY KEY,
    book_id     INTEGER NOT NULL REFERENCES books(id),
    person_id   INTEGER REFERENCES people(id),
    stars       INTEGER NOT NULL
);
