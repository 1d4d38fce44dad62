-- Who buys.
CREATE TABLE customers (
    id    INTEGER PRIMARY KEY,
    name  VARCHAR(80) NOT NULL,
    email VARCHAR(200)
);

-- @engines default, b
CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    customer_id BIGINT, -- @link customers(id)
    amount      DECIMAL(10, 2) NOT NULL,
    note        VARCHAR(200)
);

-- What everybody has ordered so far.
CREATE VIEW customer_totals AS
SELECT c.id AS customer_id,
       c.name,
       -- Of all orders.
       sum(o.amount) AS total,
       count(o.id) AS orders,
       coalesce(c.email, 'unknown') AS email, -- @name address
       c.email AS secret -- @skip
FROM customers AS c
LEFT JOIN orders AS o ON o.customer_id = c.id
GROUP BY c.id;

-- @model GreatOrder
CREATE VIEW great_orders (id, amount, remark) AS
SELECT id, amount, 'great: ' || coalesce(note, '-') FROM orders WHERE amount > 100;

-- A view on a view, made by somebody else.
-- @unmanaged
CREATE VIEW greatest AS SELECT * FROM great_orders ORDER BY amount DESC LIMIT 1;
