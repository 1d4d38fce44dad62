-- `||` and `->>` bind tighter than everything between two operands.
CREATE TABLE parts (
    id INTEGER PRIMARY KEY,
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    code TEXT NOT NULL
);

CREATE VIEW computed AS SELECT
    a - b || '1' AS difference,
    code || b - 1 AS less,
    (a - b) || '1' AS label,
    'x' || a AS named,
    a = b < 2 AS is_less
FROM parts;
