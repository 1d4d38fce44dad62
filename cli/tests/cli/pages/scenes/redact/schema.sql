-- @dialect sqlite

-- @engine b
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  -- @redact hash
  email VARCHAR(120) NOT NULL UNIQUE,
  -- @redact null
  phone VARCHAR(40),
  -- @redact fake
  born DATE NOT NULL
);

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  note VARCHAR(80) NOT NULL
);
