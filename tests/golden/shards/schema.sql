-- @dialect postgres
-- Orders of many tenants: those of one are on one shard.

-- @engines default
-- Who they are: on one engine for all.
CREATE TABLE tenants (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL
);

-- @engines s0
-- What a tenant has ordered.
CREATE TABLE orders (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    total BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);

-- @engines s0
-- Its lines, on the shard of the order.
CREATE TABLE lines (
    tenant_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    line INTEGER NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (tenant_id, order_id, line),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE
);
