-- Required columns of one type are given by name; tests/golden/exchanged has people with lines exchanged.

CREATE TABLE people (
    id         INTEGER PRIMARY KEY,
    first_name VARCHAR(40) NOT NULL, -- As she is called.
    last_name  VARCHAR(40) NOT NULL,
    nick       VARCHAR(40)
);

-- Another name for the key of a person.
CREATE TABLE members (
    person_id BIGINT PRIMARY KEY REFERENCES people (id)
);

-- Two keys that are one type.
CREATE TABLE transfers (
    id     INTEGER PRIMARY KEY,
    giver  BIGINT NOT NULL REFERENCES people (id),
    taker  BIGINT NOT NULL REFERENCES members (person_id),
    amount INTEGER NOT NULL
);

-- Literals of one form: integers of two widths, floats of two, arrays of none.
CREATE TABLE measures (
    id      INTEGER PRIMARY KEY,
    width   SMALLINT NOT NULL,
    height  BIGINT NOT NULL,
    low     REAL NOT NULL,
    high    DOUBLE PRECISION NOT NULL,
    checked BOOLEAN NOT NULL,
    valid   BOOLEAN NOT NULL,
    seen    DATE NOT NULL,
    due     DATE NOT NULL
);

-- The struct has another name than the row.
CREATE TABLE required (
    id       INTEGER PRIMARY KEY,
    "type"   VARCHAR(40) NOT NULL,
    required VARCHAR(40) NOT NULL
);

-- No two can be mistaken for each other.
CREATE TABLE visits (
    id     INTEGER PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES people (id),
    why    VARCHAR(40) NOT NULL,
    hours  INTEGER NOT NULL,
    day    DATE NOT NULL
);
