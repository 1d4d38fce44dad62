-- What a person changes in a database by hand. `validate` names each, and `validate --fix` mends it.

-- @schema
CREATE TABLE parents (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE
);
CREATE TABLE children (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parent_id INTEGER NOT NULL,
  other_id INTEGER,
  CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE
);
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);
CREATE TABLE pairs (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  c INTEGER NOT NULL,
  PRIMARY KEY (a, b)
);
CREATE TABLE heap (
  a INTEGER NOT NULL,
  b INTEGER,
  note VARCHAR(40)
);
CREATE TABLE words (
  id INTEGER PRIMARY KEY,
  word TEXT NOT NULL COLLATE NOCASE,
  size INTEGER DEFAULT 7,
  state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')),
  CONSTRAINT words_size CHECK (size > 0),
  UNIQUE (word, size)
);
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  name VARCHAR(40) NOT NULL,
  price NUMERIC NOT NULL,
  whole NUMERIC GENERATED ALWAYS AS (price * 2) STORED,
  gone_at TIMESTAMP
);
CREATE INDEX items_by_name ON items (name);
CREATE INDEX items_open ON items (price) WHERE gone_at IS NULL;
CREATE INDEX items_lower ON items (lower(name));
CREATE VIEW open_items AS SELECT id, name FROM items WHERE gone_at IS NULL;
CREATE VIEW dear_items AS SELECT id, price * 2 AS twice FROM items WHERE price > 1 AND name IN ('ann', 'bob');

-- @rows
INSERT INTO parents VALUES (1, 'one'), (2, 'two');
INSERT INTO children (id, parent_id, other_id) VALUES (1, 1, 2), (2, 2, NULL);
INSERT INTO pairs VALUES (1, 1, 1), (1, 2, 2);
INSERT INTO heap VALUES (1, 1, 'n'), (2, NULL, NULL);
INSERT INTO words VALUES (1, 'ann', 1, 'well'), (2, 'bob', NULL, 'well');
INSERT INTO items (id, name, price) VALUES (1, 'ann', 1.5), (2, 'bob', 2.25);

-- @digest
SELECT 'parent ' || id || code AS line FROM parents
UNION ALL SELECT 'child ' || id || parent_id || coalesce(other_id, 0) FROM children
UNION ALL SELECT 'pair ' || a || b || c FROM pairs
UNION ALL SELECT 'heap ' || a || coalesce(b, 0) || coalesce(note, '-') FROM heap
UNION ALL SELECT 'word ' || id || word || coalesce(size, 0) || state FROM words
UNION ALL SELECT 'item ' || id || name || price || whole FROM items
ORDER BY 1

-- @case a primary key is missing
-- @finds missing pairs.a, b primary key
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL);
INSERT INTO n SELECT * FROM pairs;
DROP TABLE pairs;
ALTER TABLE n RENAME TO pairs;

-- @case a primary key of other columns
-- @finds missing pairs.a, b primary key
-- @finds extra pairs.a, c primary key
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL, PRIMARY KEY (a, c));
INSERT INTO n SELECT * FROM pairs;
DROP TABLE pairs;
ALTER TABLE n RENAME TO pairs;

-- @case a primary key that only the database has
-- @finds extra heap.a primary key
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER, note VARCHAR(40), PRIMARY KEY (a));
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case a unique key is missing
-- @finds missing words.word, size unique constraint
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 0));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a unique key of other columns
-- @finds missing words.word, size unique constraint
-- @finds extra words.word, state unique constraint
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, state));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a unique key that only the database has
-- @finds extra heap.a, b unique constraint
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER, note VARCHAR(40), UNIQUE (a, b));
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case a foreign key is missing
-- @finds missing children.parent_id foreign key
CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL, other_id INTEGER);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a foreign key of another column
-- @finds differs children.parent_id foreign key
CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL, other_id INTEGER, CONSTRAINT children_parent FOREIGN KEY (other_id) REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a foreign key to another table
-- @finds differs children.parent_id foreign key
CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL, other_id INTEGER, CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES items (id) ON DELETE CASCADE);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a foreign key with another action
-- @finds differs children.parent_id foreign key
CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL, other_id INTEGER, CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE SET NULL ON UPDATE CASCADE);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a foreign key that is checked at the end
-- @finds differs children.parent_id foreign key
CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL, other_id INTEGER, CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a foreign key that only the database has
-- @finds extra children.other_id foreign key
CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL, other_id INTEGER REFERENCES parents (id), CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a collation is missing
-- @finds differs words.word collation
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case another collation
-- @finds differs words.word collation
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE RTRIM, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a collation that only the database has
-- @finds differs heap.note collation
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER, note VARCHAR(40) COLLATE NOCASE);
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case a number that does not auto-increment
-- @finds differs children.id generated
CREATE TABLE n (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL, other_id INTEGER, CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO n SELECT * FROM children;
DROP TABLE children;
ALTER TABLE n RENAME TO children;
CREATE INDEX children_by_parent ON children (parent_id);
CREATE INDEX children_by_other ON children (other_id);

-- @case a list of values lacks one
-- @finds missing words.state check
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a list of values has one more
-- @finds missing words.state check
-- @finds extra words.state check
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill', 'dead')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a default is missing
-- @finds differs words.size default
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case another default
-- @finds differs words.size default
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 8, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 0), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a default that only the database has
-- @finds differs heap.b default
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER DEFAULT 3, note VARCHAR(40));
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case another nullability
-- @finds differs heap.a null
CREATE TABLE n (a INTEGER, b INTEGER, note VARCHAR(40));
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case another type
-- @finds differs heap.note type
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER, note BLOB);
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case a check is missing
-- @finds missing words check
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), UNIQUE (word, size));
INSERT INTO n SELECT * FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case another check
-- @finds differs words check
-- @loses
CREATE TABLE n (id INTEGER PRIMARY KEY, word TEXT NOT NULL COLLATE NOCASE, size INTEGER DEFAULT 7, state TEXT NOT NULL DEFAULT 'well' CHECK (state IN ('well', 'ill')), CONSTRAINT words_size CHECK (size > 1), UNIQUE (word, size));
INSERT INTO n SELECT id, word, coalesce(size, 0) + 7, state FROM words;
DROP TABLE words;
ALTER TABLE n RENAME TO words;

-- @case a check that only the database has
-- @finds extra heap.a check
CREATE TABLE n (a INTEGER NOT NULL CHECK (a > 0), b INTEGER, note VARCHAR(40));
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case a table whose columns keep their types
-- @finds differs heap options
CREATE TABLE n (a INTEGER NOT NULL, b INTEGER, note TEXT) STRICT;
INSERT INTO n SELECT * FROM heap;
DROP TABLE heap;
ALTER TABLE n RENAME TO heap;

-- @case a computed column with another expression
-- @finds differs items.whole generated
DROP VIEW open_items;
DROP VIEW dear_items;
CREATE TABLE n (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, price NUMERIC NOT NULL, whole NUMERIC GENERATED ALWAYS AS (price * 3) STORED, gone_at TIMESTAMP);
INSERT INTO n (id, name, price, gone_at) SELECT id, name, price, gone_at FROM items;
DROP TABLE items;
ALTER TABLE n RENAME TO items;
CREATE INDEX items_by_name ON items (name);
CREATE INDEX items_open ON items (price) WHERE gone_at IS NULL;
CREATE INDEX items_lower ON items (lower(name));
CREATE VIEW open_items AS SELECT id, name FROM items WHERE gone_at IS NULL;
CREATE VIEW dear_items AS SELECT id, price * 2 AS twice FROM items WHERE price > 1 AND name IN ('ann', 'bob');

-- @case a view is missing
-- @finds missing open_items view
DROP VIEW open_items;

-- @case a view with another condition
-- @finds differs open_items query
DROP VIEW open_items;
CREATE VIEW open_items AS SELECT id, name FROM items WHERE gone_at IS NOT NULL;

-- @case a view with another number
-- @finds differs dear_items query
DROP VIEW dear_items;
CREATE VIEW dear_items AS SELECT id, price * 2 AS twice FROM items WHERE price > 5 AND name IN ('ann', 'bob');

-- @case a view with its parts in another order
-- @finds differs dear_items query
DROP VIEW dear_items;
CREATE VIEW dear_items AS SELECT price * 2 AS twice, id FROM items WHERE price > 1 AND name IN ('ann', 'bob');

-- @case a view that only the database has
-- @finds extra more_items view
CREATE VIEW more_items AS SELECT id FROM items;

-- @case an index is missing
-- @finds missing items.name index
DROP INDEX items_by_name;

-- @case an index of other columns
-- @finds differs items.name index
DROP INDEX items_by_name;
CREATE INDEX items_by_name ON items (name, price);

-- @case an index in another order
-- @finds differs items.name index
DROP INDEX items_by_name;
CREATE INDEX items_by_name ON items (name DESC);

-- @case an index that is unique
-- @finds differs items.name index
DROP INDEX items_by_name;
CREATE UNIQUE INDEX items_by_name ON items (name);

-- @case a partial index is missing
-- @finds missing items.price index
DROP INDEX items_open;

-- @case a partial index with another condition
-- @finds differs items.price index
DROP INDEX items_open;
CREATE INDEX items_open ON items (price) WHERE gone_at IS NOT NULL;

-- @case a partial index of all rows
-- @finds differs items.price index
DROP INDEX items_open;
CREATE INDEX items_open ON items (price);

-- @case an index with another expression
-- @finds differs items index
DROP INDEX items_lower;
CREATE INDEX items_lower ON items (upper(name));

-- @case an index that only the database has
-- @finds extra items.price index
CREATE INDEX items_more ON items (price);

-- @case a column is missing
-- @finds missing heap.note column
-- @loses
ALTER TABLE heap DROP COLUMN note;

-- @case a column that only the database has
-- @finds extra heap.c column
ALTER TABLE heap ADD COLUMN c INTEGER;

-- @case a table is missing
-- @finds missing pairs table
-- @loses
DROP TABLE pairs;

-- @case a table that only the database has
-- @finds extra more table
CREATE TABLE more (id INTEGER PRIMARY KEY);
