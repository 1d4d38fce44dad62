-- @engines default, b
-- @sync from default to b as Nothing
-- @sync from default to c
-- @sync from default to m
-- @sync from m to b
-- @sync from b to b
-- @sync from default to b by nick
-- @sync from default to b by seen_at
-- @sync from default to b by changed_att
-- @sync default to b
-- @sync from default to b by
-- @sync from default to b by changed_at as User
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    nick VARCHAR(40) NOT NULL,
    seen_at TIMESTAMP,
    changed_at TIMESTAMP NOT NULL
);

-- @sync from default to b as User by changed_at
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    changed_at TIMESTAMP NOT NULL
);

-- @engines default, b
-- @sync from default to b
CREATE TABLE visits (
    -- @sync from default to b
    page VARCHAR(100) NOT NULL
);
