-- @dialect sqlite

-- @engines default, backup
-- @capture
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL
);
