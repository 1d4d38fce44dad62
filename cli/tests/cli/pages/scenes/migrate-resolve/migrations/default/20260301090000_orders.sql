-- @no-transaction
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL);
CREATE INDEX orders_by_user ON orders (user_id);
ALTER TABLE orders ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
