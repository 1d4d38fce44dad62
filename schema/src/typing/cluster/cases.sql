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
CREATE VIEW buyers AS SELECT u.tenant_id, u.id, u.name, o.total FROM users u JOIN orders o ON o.tenant_id = u.tenant_id AND o.user_id = u.id;
CREATE VIEW open_users (t, i, n) AS SELECT tenant_id, id, name FROM users WHERE name IS NOT NULL;
CREATE VIEW deep AS SELECT t, n FROM open_users;
CREATE VIEW totals AS SELECT tenant_id, sum(total) AS total, count(*) AS orders FROM orders GROUP BY tenant_id;
CREATE VIEW states AS SELECT state, count(*) AS n FROM orders GROUP BY state;
CREATE VIEW crossed AS SELECT u.id, u.tenant_id AS t, o.tenant_id AS other, o.total FROM users u JOIN orders o ON o.user_id = u.id;
CREATE VIEW latest AS SELECT tenant_id, id, total FROM orders ORDER BY placed DESC LIMIT 10;
CREATE VIEW planned AS SELECT id, name FROM plans;
CREATE VIEW of_notes AS SELECT id, text FROM notes;
CREATE VIEW seven AS SELECT tenant_id, id, name FROM users WHERE tenant_id = 7;
CREATE VIEW both_kinds AS SELECT tenant_id, id FROM users UNION ALL SELECT tenant_id, id FROM orders;
CREATE VIEW ranked AS SELECT tenant_id, id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS r FROM orders;
CREATE VIEW hidden AS SELECT id, name FROM users;
CREATE VIEW of_with AS WITH w AS (SELECT tenant_id, id FROM users) SELECT tenant_id, id FROM w;
CREATE MATERIALIZED VIEW kept AS SELECT tenant_id, count(*) AS n FROM orders GROUP BY tenant_id;
CREATE VIEW entries AS SELECT tenant_id, id FROM users;
CREATE FUNCTION enter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER enter INSTEAD OF INSERT OR UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION enter();
