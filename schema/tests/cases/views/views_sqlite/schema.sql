CREATE TABLE artists (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    born DATE,
    fee NUMERIC(10, 2),
    score REAL
);

-- Who plays.
-- @model Player
CREATE VIEW players AS
SELECT
    id, -- @name number
    name AS [full name],
    -- What they get.
    fee AS fee, -- @type crate::Money
    score * 2 AS score,
    born AS secret, -- @skip
    something(name) AS odd, -- @skip
    count(*) AS n,
    upper(name) || '!' AS loud,
    (SELECT max(born) FROM artists) AS youngest
FROM artists
GROUP BY id;

-- Behind the name.
CREATE TEMP VIEW gone AS SELECT 1 AS a;
CREATE VIEW both (
    a, -- The first.
    b
) AS SELECT p.number, q.id FROM (SELECT id AS number FROM players) AS p, artists AS q;
CREATE VIEW both2 AS SELECT p.*, q.name AS who FROM players p LEFT JOIN artists q ON q.id = p.id;
-- @version
CREATE VIEW wrong AS SELECT id -- @version
FROM artists; -- @unmanaged
CREATE VIEW IF NOT EXISTS wrong AS SELECT 1 AS one;
