CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(80) NOT NULL,
  nick VARCHAR(40)
);
CREATE INDEX users_by_email ON users (email);
