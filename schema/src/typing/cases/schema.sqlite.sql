
CREATE TABLE notes (
    code TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    weight REAL,
    raw BLOB,
    doc TEXT,
    twice INTEGER GENERATED ALWAYS AS (length(body) * 2) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE TABLE loose (id INTEGER PRIMARY KEY, anything, amount NUMERIC NOT NULL, day DATE NOT NULL, label TEXT NOT NULL);
CREATE INDEX books_by_pages ON books (pages);
CREATE TABLE keyed (code TEXT PRIMARY KEY, n INTEGER);
CREATE VIEW stood_in AS SELECT id, name FROM authors;
CREATE TRIGGER stands_in INSTEAD OF UPDATE ON stood_in BEGIN UPDATE authors SET name = NEW.name WHERE id = NEW.id; END;
CREATE VIRTUAL TABLE searched USING fts5(title, body);
