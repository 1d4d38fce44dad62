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
