-- @dialect postgres
-- Shards of three dialects, and a set by a text beside one by a number.

-- @engines s0
-- @capture
CREATE TABLE orders (
    tenant_id INTEGER NOT NULL,
    id BIGINT NOT NULL,
    total BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);

-- @engines s0
-- @capture
CREATE TABLE accounts (
    name VARCHAR(40) PRIMARY KEY,
    stars BIGINT NOT NULL
);

-- @engines s0
-- @capture
CREATE TABLE readings (
    device UUID NOT NULL,
    reading INTEGER NOT NULL,
    PRIMARY KEY (device, reading)
);
