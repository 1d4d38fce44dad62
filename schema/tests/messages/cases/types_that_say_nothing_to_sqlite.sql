CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    title STRING NOT NULL,
    kind STRING NOT NULL, -- @type String
    body,
    extra ANY
);

-- @engines default, b, m
CREATE TABLE anywhere (
    id INTEGER PRIMARY KEY,
    body ANY
);
