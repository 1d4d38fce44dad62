-- @reference
CREATE TABLE plans (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, text text);
-- @shard tenant_id
CREATE TABLE tenants (tenant_id integer PRIMARY KEY, name text NOT NULL, plan_id integer);
-- @shard tenant_id
CREATE TABLE users (tenant_id integer NOT NULL, id integer NOT NULL, name text, email text, PRIMARY KEY (tenant_id, id));
-- @shard tenant_id
CREATE TABLE orders (tenant_id integer NOT NULL, id integer NOT NULL, user_id integer, total numeric, placed timestamptz DEFAULT now(), state text, PRIMARY KEY (tenant_id, id));
-- @shard device_id
CREATE TABLE devices (device_id text PRIMARY KEY, model text, owner integer);
