-- The number of rows as the server estimates it; the table itself is empty, which the planner would see.
ALTER TABLE orders SET (autovacuum_enabled = false);
INSERT INTO orders SELECT i, i FROM generate_series(1, 120000) i;
ANALYZE orders;
