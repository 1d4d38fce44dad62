-- @dialect sqlite
-- @allow B0410

-- Not reported: the head allows it.
CREATE TABLE prices (id INTEGER PRIMARY KEY, price REAL NOT NULL);

-- @allow B0412, B0401
CREATE TABLE of_a_table (
    slug TEXT NOT NULL PRIMARY KEY,
    price INTEGER NOT NULL REFERENCES prices (id),
    parent TEXT NOT NULL REFERENCES of_a_table (slug)
);

CREATE TABLE of_columns (
    -- @allow B0412
    slug TEXT NOT NULL PRIMARY KEY,
    price INTEGER NOT NULL REFERENCES prices (id), -- @allow B0401
    other INTEGER NOT NULL,
    third INTEGER NOT NULL REFERENCES prices (id)
);

-- Allowed with columns of which the key has one, and of one code: the others are reported.
CREATE TABLE reported (
    slug TEXT NOT NULL PRIMARY KEY, -- @allow B0401
    -- @allow B0401
    inner_price INTEGER NOT NULL,
    FOREIGN KEY (inner_price) REFERENCES prices (id)
);
-- @allow B0412
-- @allow B0400
CREATE TABLE two_tags (note TEXT);
CREATE TABLE no_key (note TEXT);
