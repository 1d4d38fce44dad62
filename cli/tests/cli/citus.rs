//! Schemas for Citus: each of its refusals beside the compile error that comes before it, and a schema that is made, migrated, pulled and
//! compared on a cluster.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bindery_testkit::{CitusCluster, Server};

use super::support::{Project, holds, names_in};

const CONFIG: &str =
    "[engines.default]\nurl = \"${URL}\"\ndialect = \"postgres\"\ncluster = \"citus\"\n";

/// Held while rows are spread beside writers: Citus names replication slots of the whole server by numbers of a database, so that it does so in one
/// database at a time, and refuses others with XX000.
static SPREADING: Mutex<()> = Mutex::new(());

/// A database of the cluster, and a project that connects to it.
struct World {
    project: Project,
    coordinator: &'static Server,
    database: String,
}

impl World {
    /// `None` where there is no Citus, as the test kit says.
    fn new(schema: &str) -> Option<Self> {
        let cluster = CitusCluster::of_process()?;
        let url = cluster.fresh_database().expect("the nodes make one");
        let database = url.rsplit('/').next().unwrap_or_default().to_owned();
        let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", schema)]);
        Some(Self {
            project: project.with("URL", &url),
            coordinator: cluster.coordinator(),
            database,
        })
    }

    /// The same after the first migration, and while no other test spreads rows.
    fn migrated(schema: &str) -> Option<(Self, MutexGuard<'static, ()>)> {
        let alone = SPREADING.lock().unwrap_or_else(PoisonError::into_inner);
        let world = Self::new(schema)?;
        assert_eq!(world.migrate("first", schema), "");
        Some((world, alone))
    }

    fn answer(&self, sql: &str) -> String {
        self.coordinator.ask(&self.database, sql).expect(sql)
    }

    /// The server's refusal.
    fn refusal(&self, sql: &str) -> String {
        let refused = self.coordinator.ask(&self.database, sql);
        refused.expect_err(sql).to_string()
    }

    /// Table by table: where its rows are.
    fn places(&self) -> String {
        self.answer(
            "SELECT table_name || ' ' || citus_table_type || ' ' || distribution_column FROM citus_tables WHERE citus_table_type <> 'local' ORDER BY 1",
        )
    }

    /// Adds a migration for a schema and runs it; then the database is as the schema says.
    fn migrate(&self, name: &str, schema: &str) -> String {
        self.project.write("schema.sql", schema);
        self.project.run(&format!("migrate add {name}")).good();
        self.mean_drops(name);
        self.project.run("migrate run").good();
        self.project.run("migrate check").good();
        holds(&self.project.run("validate --strict").good(), &["equal"]);
        self.places()
    }

    /// Executes what a migration has as comments, as it loses data.
    fn mean_drops(&self, name: &str) {
        let files = names_in(&self.project.path("migrations/default")).into_iter();
        for file in files.filter(|file| file.ends_with(&format!("_{name}.sql"))) {
            let file = format!("migrations/default/{file}");
            let text = std::fs::read_to_string(self.project.path(&file)).expect("it was written");
            self.project
                .write(&file, text.replace("-- DROP TABLE", "DROP TABLE"));
        }
    }
}

/// What bindery refuses, and what the cluster does without it.
struct Rule {
    code: &'static str,
    /// The schema that `bindery check` refuses.
    schema: &'static str,
    /// The same for the server: what it takes, then the statement that it refuses.
    made: &'static str,
    refused: &'static str,
    /// Words of the server's refusal.
    words: &'static str,
}

const USERS: &str = "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint NOT NULL, email text, PRIMARY KEY (tenant_id, id));
    SELECT create_distributed_table('users', 'tenant_id');";

const RULES: &[Rule] = &[
    Rule {
        code: "B0581",
        schema: "-- @shard tenant_id\nCREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);",
        made: "CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);",
        refused: "SELECT create_distributed_table('orders', 'tenant_id');",
        words: "UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include the partition column",
    },
    Rule {
        code: "B0581",
        schema: "-- @shard tenant_id\nCREATE TABLE orders (id bigint, tenant_id bigint NOT NULL, code text NOT NULL UNIQUE, PRIMARY KEY (tenant_id, id));",
        made: USERS,
        refused: "ALTER TABLE users ADD UNIQUE (email);",
        words: "UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include the partition column",
    },
    Rule {
        code: "B0581",
        schema: "-- @shard tenant_id\nCREATE TABLE orders (id bigint, tenant_id bigint NOT NULL, code text, PRIMARY KEY (tenant_id, id));
            CREATE UNIQUE INDEX orders_code ON orders (code) WHERE id > 0;",
        made: USERS,
        refused: "CREATE UNIQUE INDEX ON users (email) WHERE id > 0;",
        words: "creating unique indexes on non-partition columns is currently unsupported",
    },
    Rule {
        code: "B0581",
        schema: "-- @shard tenant_id\nCREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, during int8range, PRIMARY KEY (tenant_id, id), EXCLUDE USING gist (during WITH &&));",
        made: "CREATE TABLE orders (tenant_id bigint NOT NULL, during int8range, EXCLUDE USING gist (during WITH &&));",
        refused: "SELECT create_distributed_table('orders', 'tenant_id');",
        words: "UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include the partition column",
    },
    Rule {
        code: "B0582",
        schema: "-- @shard tenant_id\nCREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, kind bigint REFERENCES kinds (id), PRIMARY KEY (tenant_id, id));
            CREATE TABLE kinds (id bigint PRIMARY KEY);",
        made: concat!(
            "CREATE TABLE kinds (id bigint PRIMARY KEY);",
            "CREATE TABLE orders (tenant_id bigint NOT NULL, kind bigint REFERENCES kinds (id));"
        ),
        refused: "SELECT create_distributed_table('orders', 'tenant_id');",
        words: "must be a distributed table or a reference table",
    },
    Rule {
        code: "B0582",
        schema: "-- @shard tenant_id\nCREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));
            -- @reference\nCREATE TABLE kinds (id bigint PRIMARY KEY, t bigint, u bigint, FOREIGN KEY (t, u) REFERENCES users (tenant_id, id));",
        made: concat!(
            "CREATE TABLE kinds (id bigint PRIMARY KEY, t bigint, u bigint); SELECT create_reference_table('kinds');",
            "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); SELECT create_distributed_table('users', 'tenant_id');"
        ),
        refused: "ALTER TABLE kinds ADD FOREIGN KEY (t, u) REFERENCES users (tenant_id, id);",
        words: "foreign keys from reference tables and local tables to distributed tables are not supported",
    },
    Rule {
        code: "B0582",
        schema: "-- @shard tenant_id\nCREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));
            CREATE TABLE notes (id bigint PRIMARY KEY, t bigint, u bigint, FOREIGN KEY (t, u) REFERENCES users (tenant_id, id));",
        made: concat!(
            "CREATE TABLE kinds (id bigint PRIMARY KEY); SELECT create_reference_table('kinds');",
            "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); SELECT create_distributed_table('users', 'tenant_id');",
            "CREATE TABLE notes (id bigint PRIMARY KEY REFERENCES kinds, t bigint, u bigint);"
        ),
        refused: "ALTER TABLE notes ADD FOREIGN KEY (t, u) REFERENCES users (tenant_id, id);",
        words: "foreign keys from reference tables and local tables to distributed tables are not supported",
    },
    Rule {
        code: "B0582",
        schema: "-- @shard tenant_id\nCREATE TABLE users (tenant_id bigint NOT NULL, id bigint, boss_tenant bigint, boss bigint, PRIMARY KEY (tenant_id, id), FOREIGN KEY (boss_tenant, boss) REFERENCES users (tenant_id, id));",
        made: concat!(
            "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint, boss_tenant bigint, boss bigint, PRIMARY KEY (tenant_id, id));",
            "SELECT create_distributed_table('users', 'tenant_id');"
        ),
        refused: "ALTER TABLE users ADD FOREIGN KEY (boss_tenant, boss) REFERENCES users (tenant_id, id);",
        words: "including partition column in the same ordinal in the both tables",
    },
    Rule {
        code: "B0582",
        schema: "-- @shard tenant_id\nCREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));
            -- @shard tenant_id alone\nCREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, u bigint, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, u) REFERENCES users (tenant_id, id));",
        made: concat!(
            "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); SELECT create_distributed_table('users', 'tenant_id');",
            "CREATE TABLE orders (tenant_id bigint NOT NULL, u bigint); SELECT create_distributed_table('orders', 'tenant_id', colocate_with => 'none');"
        ),
        refused: "ALTER TABLE orders ADD FOREIGN KEY (tenant_id, u) REFERENCES users (tenant_id, id);",
        words: "relations are not colocated or not referencing a reference table",
    },
    Rule {
        code: "B0582",
        schema: "-- @shard tenant_id\nCREATE TABLE users (tenant_id bigint NOT NULL, id bigint, boss bigint, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, boss) REFERENCES users (tenant_id, id) ON DELETE SET NULL);",
        made: concat!(
            "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint, boss bigint, PRIMARY KEY (tenant_id, id));",
            "SELECT create_distributed_table('users', 'tenant_id');"
        ),
        refused: "ALTER TABLE users ADD FOREIGN KEY (tenant_id, boss) REFERENCES users (tenant_id, id) ON DELETE SET NULL;",
        words: "SET NULL or SET DEFAULT is not supported in ON DELETE operation",
    },
    Rule {
        code: "B0582",
        schema: "-- @reference\nCREATE TABLE tenants (id bigint PRIMARY KEY);
            -- @shard tenant_id\nCREATE TABLE users (tenant_id bigint NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE, id bigint, PRIMARY KEY (tenant_id, id));",
        made: concat!(
            "CREATE TABLE tenants (id bigint PRIMARY KEY); SELECT create_reference_table('tenants');",
            "CREATE TABLE users (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); SELECT create_distributed_table('users', 'tenant_id');"
        ),
        refused: "ALTER TABLE users ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON UPDATE CASCADE;",
        words: "SET NULL, SET DEFAULT or CASCADE is not supported in ON UPDATE operation",
    },
    Rule {
        code: "B0583",
        schema: "-- @shard tenant_id\nCREATE TABLE visits (tenant_id bigint, at timestamptz NOT NULL);",
        made: "CREATE TABLE visits (tenant_id bigint, at timestamptz NOT NULL); SELECT create_distributed_table('visits', 'tenant_id');",
        refused: "INSERT INTO visits VALUES (NULL, now());",
        words: "cannot perform an INSERT with NULL in the partition column",
    },
    Rule {
        code: "B0583",
        schema: "-- @shard tenant_id\nCREATE TABLE visits (tenant_id json NOT NULL, at timestamptz NOT NULL);",
        made: "CREATE TABLE visits (tenant_id json NOT NULL, at timestamptz NOT NULL);",
        refused: "SELECT create_distributed_table('visits', 'tenant_id');",
        words: "no default operator class for specified partition method",
    },
    Rule {
        code: "B0583",
        schema: "-- @shard tenant_id\nCREATE TABLE visits (tenant_id bigint GENERATED ALWAYS AS (n + 1) STORED NOT NULL, n bigint NOT NULL);",
        made: "CREATE TABLE visits (tenant_id bigint GENERATED ALWAYS AS (n + 1) STORED NOT NULL, n bigint NOT NULL);",
        refused: "SELECT create_distributed_table('visits', 'tenant_id');",
        words: "must not use GENERATED ALWAYS AS",
    },
    Rule {
        code: "B0584",
        schema: "-- @capture\n-- @shard tenant_id\nCREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));",
        made: concat!(
            "CREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); SELECT create_distributed_table('orders', 'tenant_id');",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        ),
        refused: "CREATE TRIGGER t AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();",
        words: "triggers are not supported on distributed tables",
    },
    Rule {
        code: "B0584",
        schema: "-- @capture\n-- @reference\nCREATE TABLE kinds (id bigint PRIMARY KEY);",
        made: concat!(
            "CREATE TABLE kinds (id bigint PRIMARY KEY); SELECT create_reference_table('kinds');",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        ),
        refused: "CREATE TRIGGER t AFTER INSERT ON kinds FOR EACH ROW EXECUTE FUNCTION f();",
        words: "triggers are not supported on reference tables",
    },
    Rule {
        code: "B0580",
        schema: "CREATE TABLE parents (tenant_id bigint NOT NULL, id bigint);
            -- @shard tenant_id\nCREATE TABLE children (tenant_id bigint NOT NULL) INHERITS (parents);",
        made: "CREATE TABLE parents (tenant_id bigint NOT NULL, id bigint); CREATE TABLE children () INHERITS (parents);",
        refused: "SELECT create_distributed_table('children', 'tenant_id');",
        words: "is not a regular, foreign or partitioned table",
    },
    Rule {
        code: "B0580",
        schema: "-- @shard tenant_id\nCREATE TABLE users (tenant_id integer NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));
            -- @shard tenant_id with users\nCREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));",
        made: concat!(
            "CREATE TABLE users (tenant_id integer NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); SELECT create_distributed_table('users', 'tenant_id');",
            "CREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));"
        ),
        refused: "SELECT create_distributed_table('orders', 'tenant_id', colocate_with => 'users');",
        words: "Distribution column types don't match",
    },
];

/// Covers DIST-01 on PostgreSQL.
#[test]
fn dist_01_each_refusal_of_citus_comes_after_an_error_of_the_compiler() {
    const CLEAN: &str = "DROP TABLE IF EXISTS orders, users, notes, kinds, tenants, visits, children, parents CASCADE; DROP FUNCTION IF EXISTS f();";
    let Some(world) = World::new("") else { return };
    for rule in RULES {
        world.project.write("schema.sql", rule.schema);
        let checked = world.project.run("check");
        let said = format!("{}{}", checked.results, checked.messages);
        assert_eq!(checked.code, Some(1), "{said}\n{}", rule.schema);
        holds(&said, &[&format!("error[{}]", rule.code)]);
        world.answer(CLEAN);
        world.answer(rule.made);
        holds(&world.refusal(rule.refused), &[rule.words]);
    }
}

/// The types without a hash are those that the server lists.
#[test]
fn dist_01_types_without_a_hash_are_refused_as_by_the_server() {
    let types = [
        "bigint",
        "integer",
        "smallint",
        "numeric",
        "real",
        "double precision",
        "text",
        "varchar(20)",
        "char(3)",
        "uuid",
        "boolean",
        "bytea",
        "date",
        "timestamptz",
        "jsonb",
        "inet",
        "interval",
        "time",
        "bit(3)",
        "bit varying(3)",
        "box",
        "circle",
        "json",
        "line",
        "lseg",
        "money",
        "path",
        "point",
        "polygon",
        "tsquery",
        "tsvector",
        "xml",
        "cidr",
        "macaddr",
        "int8range",
        "bigint[]",
    ];
    let Some(world) = World::new("") else { return };
    for (at, name) in types.into_iter().enumerate() {
        let table = format!("CREATE TABLE t{at} (c {name} NOT NULL, d bigint NOT NULL)");
        world.project.write(
            "schema.sql",
            format!("-- @allow B0400\n-- @shard c\n{table};"),
        );
        let is_refused = world.project.run("check").code == Some(1);
        world.answer(&format!("{table};"));
        let distributed = format!("SELECT create_distributed_table('t{at}', 'c');");
        let by_server = world
            .coordinator
            .ask(&world.database, &distributed)
            .is_err();
        assert_eq!(is_refused, by_server, "{name}");
    }
}

const SCHEMA: &str = "\
-- @shard tenant_id
CREATE TABLE orders (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint,
    kind bigint REFERENCES kinds (id),
    total numeric(10, 2) NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX orders_kind ON orders (kind);

-- @shard tenant_id
CREATE TABLE users (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    boss bigint,
    favourite bigint,
    email text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, boss) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, favourite) REFERENCES orders (tenant_id, id)
);

-- @reference
CREATE TABLE kinds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE audits (
    id bigint PRIMARY KEY,
    kind bigint REFERENCES kinds (id)
);

CREATE TABLE readings (
    -- @shard alone
    device uuid NOT NULL,
    day date NOT NULL,
    level double precision NOT NULL,
    PRIMARY KEY (device, day)
) PARTITION BY RANGE (day);
CREATE TABLE readings_2026 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- @shard device with readings
CREATE TABLE devices (
    device uuid PRIMARY KEY,
    label text
);

-- @shard device
CREATE TABLE alarms (device uuid PRIMARY KEY);
";

/// Covers DIST-01 on PostgreSQL.
#[test]
fn dist_01_a_schema_is_made_on_a_cluster_pulled_and_compared() {
    let Some(world) = World::new(SCHEMA) else {
        return;
    };
    world.project.run("check").good();
    world.project.run("create").good();
    let places = "alarms distributed device\ndevices distributed device\nkinds reference <none>\norders distributed tenant_id\nreadings distributed device\n\
                  readings_2026 distributed device\nusers distributed tenant_id";
    assert_eq!(world.places(), places);
    holds(&world.project.run("validate --strict").good(), &["equal"]);
    let groups = "SELECT string_agg(table_name::text, ' ' ORDER BY table_name::text) FROM citus_tables WHERE distribution_column = 'device'
        GROUP BY colocation_id ORDER BY 1";
    assert_eq!(
        world.answer(groups),
        "alarms\ndevices readings readings_2026"
    );
    // Rows of one tenant are found by one task on one server.
    world.answer("INSERT INTO users (tenant_id, id, email) VALUES (7, 1, 'a'); INSERT INTO orders (tenant_id, user_id) VALUES (7, 1);");
    let plan = world
        .answer("EXPLAIN SELECT * FROM orders JOIN users USING (tenant_id) WHERE tenant_id = 7");
    holds(&plan, &["Task Count: 1"]);

    let page = world.project.run("docs --as markdown").good();
    holds(
        &page,
        &[
            "sharded by device, beside rows of readings",
            "all rows on each server",
            "sharded by tenant\\_id",
        ],
    );

    // What is pulled says the same: of one type, the oldest group is the one that needs no word.
    let pulled = world.project.run("pull --out -").good();
    holds(
        &pulled,
        &[
            "-- @shard tenant_id\n",
            "-- @reference\n",
            "-- @shard device\n",
            "-- @shard device alone\nCREATE TABLE alarms",
        ],
    );
    world.project.write("schema.sql", &pulled);
    world.project.run("check").good();
    holds(&world.project.run("validate --strict").good(), &["equal"]);

    // What differs is told.
    world.answer("SELECT alter_distributed_table('devices', colocate_with => 'none')");
    let differs = world.project.run("validate");
    assert_eq!(differs.code, Some(1), "{differs:#?}");
    holds(&differs.results, &["distribution"]);

    world.project.run("drop --yes").good();
    assert_eq!(world.places(), "");
}

/// Covers DIST-01 on PostgreSQL.
#[test]
fn dist_01_tags_come_go_and_change_by_migrations() {
    const PLAIN: &str = "\
CREATE TABLE users (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE orders (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    user_id bigint,
    kind bigint REFERENCES kinds (id),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE TABLE kinds (id bigint PRIMARY KEY);
CREATE TABLE notes (tenant_id bigint NOT NULL, id bigint NOT NULL, PRIMARY KEY (tenant_id, id));
";
    let Some((world, _alone)) = World::migrated(PLAIN) else {
        return;
    };
    world.answer(
        "INSERT INTO users VALUES (1, 1), (2, 1); INSERT INTO kinds VALUES (1); INSERT INTO orders VALUES (1, 1, 1, 1), (2, 1, 1, 1);
         INSERT INTO notes VALUES (1, 1), (2, 2)",
    );
    let spread = PLAIN
        .replace(
            "CREATE TABLE users",
            "-- @shard tenant_id\nCREATE TABLE users",
        )
        .replace(
            "CREATE TABLE orders",
            "-- @shard tenant_id with users\nCREATE TABLE orders",
        )
        .replace(
            "CREATE TABLE notes",
            "-- @shard tenant_id\nCREATE TABLE notes",
        )
        .replace("CREATE TABLE kinds", "-- @reference\nCREATE TABLE kinds");
    let places = "kinds reference <none>\nnotes distributed tenant_id\norders distributed tenant_id\nusers distributed tenant_id";
    assert_eq!(world.migrate("spread", &spread), places);
    assert_eq!(
        world.answer("SELECT count(*) FROM orders JOIN users USING (tenant_id)"),
        "2"
    );

    // Another column, another key, a group of its own.
    let other = spread.replace(
        "-- @shard tenant_id\nCREATE TABLE notes (tenant_id bigint NOT NULL, id bigint NOT NULL, PRIMARY KEY (tenant_id, id))",
        "-- @shard id alone\nCREATE TABLE notes (tenant_id bigint NOT NULL, id bigint NOT NULL, PRIMARY KEY (id))",
    );
    assert_eq!(
        world.migrate("other_column", &other),
        places.replace("notes distributed tenant_id", "notes distributed id")
    );
    assert_eq!(world.answer("SELECT count(*) FROM notes"), "2");

    // A table that comes, beside others.
    let more = format!(
        "{other}-- @shard tenant_id with orders\nCREATE TABLE lines (tenant_id bigint NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL,
            kind bigint REFERENCES kinds (id), PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id));\n"
    );
    holds(
        &world.migrate("more", &more),
        &["lines distributed tenant_id"],
    );
    assert_eq!(
        world.migrate("less", &other),
        places.replace("notes distributed tenant_id", "notes distributed id")
    );

    // And back to one server.
    assert_eq!(world.migrate("gathered", PLAIN), "");
    assert_eq!(
        world.answer("SELECT count(*) FROM orders JOIN users USING (tenant_id)"),
        "2"
    );
    world.project.run("migrate revert --yes").good();
    assert_eq!(
        world.places(),
        places.replace("notes distributed tenant_id", "notes distributed id")
    );
    assert_eq!(world.answer("SELECT count(*) FROM notes"), "2");
}

/// Covers DIST-01 on PostgreSQL.
#[test]
fn dist_01_rows_that_are_spread_are_counted_meanwhile() {
    const PLAIN: &str = "\
CREATE TABLE users (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    pad text,
    PRIMARY KEY (tenant_id, id)
);
";
    let Some((world, _alone)) = World::migrated(PLAIN) else {
        return;
    };
    // More rows to each shard than are sent at a time, and each is checked again there.
    world.answer(
        "INSERT INTO users SELECT n, n, repeat('x', 1500) FROM generate_series(1, 300) AS n;
         CREATE FUNCTION slow(x bigint) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.15); RETURN true; END';
         ALTER TABLE users ADD CONSTRAINT slow CHECK (slow(id)) NOT VALID",
    );
    world
        .project
        .write("schema.sql", format!("-- @shard tenant_id\n{PLAIN}"));
    world.project.run("migrate add spread").good();
    let run = world.project.run("migrate run");
    assert_eq!(run.code, Some(0), "{run:#?}");
    holds(&run.messages, &[" on default: ", " rows\n"]);
    assert_eq!(world.places(), "users distributed tenant_id");
}

/// Covers DIST-01 on PostgreSQL.
#[test]
fn dist_01_rows_of_a_cluster_are_dumped_and_loaded() {
    const SCHEMA: &str = "\
-- @shard tenant_id
CREATE TABLE users (tenant_id bigint NOT NULL, id bigint NOT NULL, email text, PRIMARY KEY (tenant_id, id));

-- @reference
CREATE TABLE kinds (id bigint PRIMARY KEY);
";
    let Some(world) = World::new(SCHEMA) else {
        return;
    };
    world.project.run("create").good();
    world.answer("INSERT INTO users SELECT n % 7, n, 'x' FROM generate_series(1, 1000) n; INSERT INTO kinds VALUES (1), (2)");
    world.project.run("dump --out kept").good();
    world.answer("TRUNCATE users, kinds");
    for words in ["load --from kept", "load --from kept --upsert"] {
        world.project.run(words).good();
        let counts =
            ["users", "kinds"].map(|table| world.answer(&format!("SELECT count(*) FROM {table}")));
        assert_eq!(counts, ["1000", "2"]);
    }
}
