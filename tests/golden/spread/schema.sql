-- @dialect postgres
-- Tables of a cluster, the same on an engine that is none.

-- @engines default, plain
-- @reference
CREATE TABLE plans (
    id bigint PRIMARY KEY,
    name text NOT NULL
);

-- On the coordinator alone.
-- @engines default, plain
CREATE TABLE notes (
    id bigint PRIMARY KEY,
    plan_id bigint NOT NULL REFERENCES plans (id),
    text text NOT NULL
);

-- @engines default, plain
-- @shard id
CREATE TABLE tenants (
    id bigint PRIMARY KEY,
    plan_id bigint NOT NULL REFERENCES plans (id),
    name text NOT NULL
);

-- @engines default, plain
-- @shard tenant_id
CREATE TABLE users (
    tenant_id bigint NOT NULL REFERENCES tenants (id),
    id bigint NOT NULL,
    email text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- @engines default, plain
-- @shard tenant_id
CREATE TABLE orders (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    plan_id bigint NOT NULL REFERENCES plans (id),
    total bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

-- Without a key: its rows are changed by queries.
-- @engines default, plain
-- @shard tenant_id
CREATE TABLE visits (
    tenant_id bigint NOT NULL,
    day date NOT NULL,
    number bigint NOT NULL
);

-- Sharded by values of another type.
-- @engines default, plain
-- @shard name
CREATE TABLE devices (
    name text PRIMARY KEY,
    owner bigint NOT NULL,
    changed_at timestamptz NOT NULL -- @updated
);

-- Rows of each tenant by themselves.
-- @engines default, plain
CREATE VIEW spent AS SELECT tenant_id, user_id, sum(total)::bigint AS total, count(*) AS orders FROM orders GROUP BY tenant_id, user_id;

-- Rows of all tenants.
-- @engines default, plain
CREATE VIEW plan_totals AS SELECT plan_id, sum(total)::bigint AS total FROM orders GROUP BY plan_id;

-- @engines default, plain
CREATE VIEW offers AS SELECT id AS plan_id, name FROM plans;
