-- 10,500 visits: 10,290 have a user, of whom 25 are gone.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
INSERT INTO visits
SELECT i, CASE WHEN i > 10290 THEN NULL WHEN i <= 1029 THEN 1000 + i % 25 ELSE 1 + i % 225 END, (1 + i % 225) || '@example.org' FROM n;
