-- @engines default, archive
CREATE TABLE blogs (
    id          INTEGER PRIMARY KEY,
    name        VARCHAR(100) NOT NULL UNIQUE,
    tagline     VARCHAR(200)
);

CREATE TABLE authors (
    id          INTEGER PRIMARY KEY,
    name        VARCHAR(200) NOT NULL,
    email       VARCHAR(200) NOT NULL UNIQUE
);

CREATE TABLE entries (
    id          INTEGER PRIMARY KEY,
    blog_id     INTEGER NOT NULL REFERENCES blogs(id) ON DELETE CASCADE,
    headline    VARCHAR(255) NOT NULL,
    body        TEXT,
    published   DATE NOT NULL,
    comments    INTEGER NOT NULL DEFAULT 0,
    pingbacks   INTEGER NOT NULL DEFAULT 0,
    rating      INTEGER
);

-- Who wrote which entry.
CREATE TABLE entry_authors (
    entry_id    INTEGER NOT NULL REFERENCES entries(id) ON DELETE CASCADE,
    author_id   INTEGER NOT NULL REFERENCES authors(id) ON DELETE CASCADE,
    PRIMARY KEY (entry_id, author_id)
);

-- Who read what: entries are on another engine.
-- @engines archive
CREATE TABLE visits (
    id          INTEGER PRIMARY KEY,
    path        VARCHAR(80) NOT NULL,
    entry_id    BIGINT -- @link entries(id)
);
