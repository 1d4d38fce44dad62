WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO users SELECT i, i || '@example.org' FROM n;
INSERT INTO posts SELECT id, 1 + id % 7 FROM users;
