-- @dialect sqlite

-- @engine b
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL UNIQUE,
  phone VARCHAR(40),
  born DATE NOT NULL
);

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  note VARCHAR(80) NOT NULL
);
