
CREATE TYPE mood AS ENUM ('sad', 'glad', 'calm');
CREATE TABLE events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended TIMESTAMP,
    tags TEXT[] NOT NULL,
    scores INTEGER[],
    doc JSONB NOT NULL,
    extra JSON,
    mood mood NOT NULL,
    other mood,
    uid UUID,
    lasts INTERVAL,
    bytes BYTEA,
    clock TIME,
    share REAL NOT NULL,
    code CHAR(3)
);
