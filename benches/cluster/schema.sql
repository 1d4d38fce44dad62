-- @dialect postgres
-- @engines cluster, server

-- @shard id
CREATE TABLE tenants (
    id        BIGINT PRIMARY KEY,
    name      VARCHAR(80) NOT NULL
);

-- @shard tenant_id with tenants
CREATE TABLE orders (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id        BIGINT NOT NULL,
    code      VARCHAR(40) NOT NULL,
    total     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);

-- @engines s0
CREATE TABLE visits (
    customer BIGINT NOT NULL,
    id       BIGINT NOT NULL,
    PRIMARY KEY (customer, id)
);
