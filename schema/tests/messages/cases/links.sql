-- @engines b
CREATE TABLE users (
  id BIGINT PRIMARY KEY,
  nick VARCHAR(40) NOT NULL
);

CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  -- @link users(id)
  author SMALLINT NOT NULL,
  -- @link users(nick)
  nick VARCHAR(40) NOT NULL
);
