CREATE TABLE prices (id bigint NOT NULL, CONSTRAINT prices_pkey PRIMARY KEY (id));

-- @allow B0401
CREATE TABLE orders (
    id bigint NOT NULL PRIMARY KEY,
    price bigint NOT NULL
);

CREATE TABLE lines (
    id bigint NOT NULL PRIMARY KEY,
    price bigint NOT NULL, -- @allow B0401
    other bigint NOT NULL
);
CREATE AGGREGATE shout(text) (SFUNC = textcat, STYPE = text);
-- @allow B0420
CREATE VIEW names AS SELECT shout('a') AS name FROM prices;
CREATE VIEW more_names AS SELECT shout('a') AS name FROM prices;
ALTER TABLE orders ADD CONSTRAINT orders_price FOREIGN KEY (price) REFERENCES prices (id);
ALTER TABLE lines ADD CONSTRAINT lines_price FOREIGN KEY (price) REFERENCES prices (id);
ALTER TABLE lines ADD CONSTRAINT lines_other FOREIGN KEY (other) REFERENCES prices (id);
