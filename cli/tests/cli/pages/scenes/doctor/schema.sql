-- @dialect postgres

CREATE TABLE teas (
  id BIGINT PRIMARY KEY,
  name VARCHAR(40) NOT NULL
);

CREATE TABLE cups (
  id BIGINT PRIMARY KEY
);
