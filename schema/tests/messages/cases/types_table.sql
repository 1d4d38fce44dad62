-- @dialect postgres

CREATE TABLE orders (
    id bigint PRIMARY KEY,
    state text NOT NULL,
    email citext NOT NULL,
    note character varying(40),
    total numeric(10, 2) NOT NULL,
    price price_in_euro NOT NULL,
    other price_in_dollar NOT NULL
);
