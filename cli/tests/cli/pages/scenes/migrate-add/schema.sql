-- @dialect sqlite

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL,
  nick VARCHAR(40)
);
