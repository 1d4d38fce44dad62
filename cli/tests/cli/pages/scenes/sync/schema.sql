-- @dialect sqlite

-- @engines default, p
-- @sync from default to p by updated_at
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX users_by_updated_at ON users (updated_at);
