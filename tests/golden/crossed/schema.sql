-- @dialect postgres

CREATE TYPE mood AS ENUM ('calm', 'wild');

-- Columns of every kind that may be NULL.
-- @engines default, p, lite, proper
CREATE TABLE samples (
    id      BIGINT PRIMARY KEY,
    flag    BOOLEAN,
    small   SMALLINT,
    number  INTEGER,
    big     BIGINT,
    ratio   DOUBLE PRECISION,
    single  REAL,
    price   DECIMAL(10, 2),
    word    VARCHAR(40),
    line    TEXT,
    raw     BYTEA,
    day     DATE,
    hour    TIME,
    at      TIMESTAMP,
    instant TIMESTAMPTZ,
    token   UUID,
    mood    mood,
    data    JSON,
    code    VARCHAR(20) -- @type crate::Code
);

-- A view that has no model, as one of its columns has no name.
-- @engines p
CREATE VIEW successors AS SELECT id, id + 1 FROM samples;

-- Columns of types that `[types]` names, and one that has no field.
-- @engines default, p, lite, proper
CREATE TABLE owners (
    id      BIGINT PRIMARY KEY,
    name    VARCHAR(40) NOT NULL,
    secret  VARCHAR(40), -- @skip
    level   SMALLINT NOT NULL,
    state   TEXT
);

-- @engines default, p, lite, proper
CREATE TABLE things (
    id          BIGINT PRIMARY KEY,
    owner_id    BIGINT NOT NULL REFERENCES owners (id),
    word        VARCHAR(40),
    stars       INTEGER
);

CREATE VIEW starred AS SELECT id, owner_id, word, stars FROM things WHERE stars > 2;
