-- @dialect sqlite

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE
);

-- @engine b
CREATE TABLE visits (
  id INTEGER PRIMARY KEY,
  user_id BIGINT, -- @link users(id)
  invited_by VARCHAR(80) -- @link users(email)
);
CREATE INDEX visits_by_user ON visits (user_id);
CREATE INDEX visits_by_invited ON visits (invited_by);
