CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id), -- who pays
  total NUMERIC NOT NULL DEFAULT 0 CHECK (total >= 0)
);
CREATE INDEX orders_by_user ON orders (user_id);
