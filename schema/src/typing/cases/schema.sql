CREATE TABLE authors (
    id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(80) NOT NULL,
    born INTEGER,
    country VARCHAR(2),
    active BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE TABLE books (
    id INTEGER NOT NULL PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    editor_id INTEGER REFERENCES authors (id),
    title VARCHAR(200) NOT NULL,
    subtitle VARCHAR(200),
    price DECIMAL(10,2) NOT NULL,
    discount DECIMAL(10,2),
    pages BIGINT NOT NULL,
    rating DOUBLE PRECISION,
    published DATE,
    added TIMESTAMP NOT NULL
);
CREATE TABLE reviews (
    book_id INTEGER NOT NULL REFERENCES books (id),
    number INTEGER NOT NULL,
    stars SMALLINT,
    body TEXT,
    PRIMARY KEY (book_id, number)
);
CREATE TABLE staff (
    id INTEGER NOT NULL PRIMARY KEY,
    boss_id INTEGER,
    name VARCHAR(40) NOT NULL,
    salary BIGINT
);
CREATE VIEW counts AS SELECT author_id, count(*) AS n FROM books GROUP BY author_id;
CREATE VIEW grown AS SELECT id, name, born + 1 AS next FROM authors;
