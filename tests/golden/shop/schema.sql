-- A customer, as the shop knows them.
--
-- Orders refer to this, ```so it is kept``` for as long as they are.
CREATE TABLE customers (
    id          INTEGER PRIMARY KEY,
    email       VARCHAR(200) NOT NULL UNIQUE, -- Where bills go.
    name        VARCHAR(100) NOT NULL,
    -- Who brought them, if anybody did.
    referred_by BIGINT REFERENCES customers(id),
    newsletter  BOOLEAN NOT NULL DEFAULT TRUE,
    since       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    changed_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP -- @updated
);

-- What can be bought, known by its code.
-- @engines default, b
CREATE TABLE products (
    code        VARCHAR(20) PRIMARY KEY,
    title       TEXT NOT NULL,
    price       DECIMAL(10, 2) NOT NULL,
    weight      DOUBLE PRECISION,
    type        VARCHAR(20) NOT NULL DEFAULT 'book',
    printed_in  YEAR,
    replaced_by VARCHAR(20) REFERENCES products(code),
    UNIQUE (title, type)
);

-- @engines default, b
CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    number      VARCHAR(20) NOT NULL UNIQUE,
    customer_id BIGINT NOT NULL, -- @link customers(id)
    placed_on   DATE NOT NULL,
    shipped_at  TIMESTAMP,
    discount    DECIMAL(4, 2) DEFAULT 0,
    previous_order_of_the_same_customer BIGINT UNIQUE REFERENCES orders(id)
);

-- @engines default, b
CREATE TABLE order_lines (
    order_id    BIGINT NOT NULL REFERENCES orders(id) ON DELETE CASCADE,
    line        INTEGER NOT NULL,
    product     VARCHAR(20) NOT NULL REFERENCES products(code),
    quantity    INTEGER NOT NULL,
    unit_price  DECIMAL(10, 2) NOT NULL,
    total       DECIMAL(20, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
    PRIMARY KEY (order_id, line),
    UNIQUE (product, order_id)
);

-- A seat of the café, by row and number: no column of the key names an engine.
-- @engines b, archive
CREATE TABLE seats (
    "row"       SMALLINT NOT NULL,
    number      SMALLINT NOT NULL,
    engine      TEXT,
    PRIMARY KEY ("row", number)
);

-- Nothing here can be found again: it has no key.
-- @engines default, archive
CREATE TABLE visits (
    path        TEXT NOT NULL,
    took        REAL NOT NULL,
    "match"     BLOB
);

-- One more thing about a customer: its key is theirs.
CREATE TABLE profiles (
    customer_id BIGINT PRIMARY KEY REFERENCES customers(id),
    about       TEXT NOT NULL
);

-- Who likes what: nothing but a key.
CREATE TABLE likes (
    customer_id BIGINT NOT NULL REFERENCES customers(id),
    product     VARCHAR(20) NOT NULL REFERENCES products(code),
    PRIMARY KEY (customer_id, product)
);

-- A table with a name that something else has.
-- @engines archive
CREATE TABLE model (
    id          INTEGER PRIMARY KEY,
    "fn"        TEXT NOT NULL,
    self        TEXT,
    secret      TEXT -- @skip
);

-- @engines archive
CREATE TABLE "match" (
    id          INTEGER PRIMARY KEY,
    "option"    BIGINT NOT NULL REFERENCES model(id),
    a1 INTEGER NOT NULL, a2 INTEGER NOT NULL, a3 INTEGER NOT NULL, a4 INTEGER NOT NULL,
    a5 INTEGER NOT NULL, a6 INTEGER NOT NULL, a7 INTEGER NOT NULL, a8 INTEGER NOT NULL
);
