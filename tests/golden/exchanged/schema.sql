-- The people of tests/golden/required with lines exchanged.
CREATE TABLE people (
    id         INTEGER PRIMARY KEY,
    last_name  VARCHAR(40) NOT NULL,
    first_name VARCHAR(40) NOT NULL, -- As she is called.
    nick       VARCHAR(40)
);
