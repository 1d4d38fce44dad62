-- @engines b, m
CREATE TABLE lines (
  order_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (order_id, number)
);

CREATE TABLE parcels (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  FOREIGN KEY (order_id, number) REFERENCES lines (order_id, number)
);
