-- @dialect sqlite

-- @engines default
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL
);

