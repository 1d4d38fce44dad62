-- @dialect postgres

-- @engines b, m
CREATE TABLE points (
  id bigint PRIMARY KEY,
  "x" real NOT NULL,
  -- @name big_x
  "X" real NOT NULL
);
