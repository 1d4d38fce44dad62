//! Queries on a Citus cluster: each call of the query builder with where it runs, as the runtime says before it is sent and as the cluster counts it.
//! The models are those of the case `spread`, whose second engine is the same database for a program that knows of no cluster.

mod conformance;

use std::time::Duration;

use bindery::query::{count, excluded, select};
use bindery::{Config, Connection, EngineOptions, ErrorKind, StaticEngine};
use bindery_cases::spread::*;
use bindery_testkit::{CitusCluster, Watchdog};

use crate::sample::Logged;

/// The servers that a statement needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shards {
    One,
    /// Those of values that are given: no more than there are of them.
    Given,
    All,
    Refused,
}
use Shards::{All, Given, One, Refused};

type Run<E> = fn(&mut Connection<E>) -> bindery::Result<()>;

/// A call, on the cluster and on an engine that is none.
struct Case {
    expected: Shards,
    call: &'static str,
    on_cluster: Run<engine::Default>,
    on_plain: Run<engine::Plain>,
}

macro_rules! cases {
    ($($expected:ident: |$c:ident| $call:expr;)+) => {
        &[$(Case {
            expected: $expected,
            call: stringify!($call),
            on_cluster: |$c| $call.map(drop),
            on_plain: |$c| $call.map(drop),
        }),+]
    };
}

fn t<E: StaticEngine>(id: i64) -> TenantId<E> {
    TenantId::new(id)
}

const CASES: &[Case] = cases! {
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).filter(order::total.gt(1)).order_by(order::total.desc()).limit(5).offset(1).all();
    One: |c| c.orders().filter(order::total.gt(1).and(order::tenant_id.eq(t(7)))).count();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).exists();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).first();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).sum(order::total);
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).limit(3).max(order::total);
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).select((order::user_id, order::total.sum())).group_by(order::user_id).having(order::total.sum().gt(3)).all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).select(order::user_id).distinct().all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).join(order::user).all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).join(order::plan_id).left_join(order::user).all();
    One: |c| c.orders().filter(order::user.to(user::tenant_id).eq(t(7))).all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).filter(order::plan_id.to(plan::name).eq("a")).all();
    One: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::orders.any(order::total.gt(1))).all();
    One: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::orders.none(order::total.gt(1))).all();
    One: |c| c.users().filter(user::orders.any(order::tenant_id.eq(t(7)))).all();
    One: |c| c.tenants().filter(tenant::id.eq(t(7))).filter(tenant::users.any(user::orders.any(order::total.gt(1)))).all();
    One: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::id.in_query(order::user_id.select().filter(order::tenant_id.eq(t(7))))).all();
    One: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::tenant_id.to(tenant::plan_id).to(plan::name).eq("a")).all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).order_by(order::total.desc()).per_group(order::user_id).limit(1).all();
    One: |c| c.orders().per_group(order::tenant_id).limit(2).filter(order::tenant_id.eq(t(7))).all();
    One: |c| c.orders().select(order::id).filter(order::tenant_id.eq(t(7))).union(select(user::id).filter(user::tenant_id.eq(t(7)))).all();
    One: |c| {
        let (orders, users) = c.orders().with(select(user::id).filter(user::tenant_id.eq(t(7))));
        orders.filter(order::tenant_id.eq(t(7))).filter(order::user_id.in_shared(users)).all()
    };
    One: |c| c.transaction(|tx| tx.orders().filter(order::tenant_id.eq(t(7))).for_update().all());
    One: |c| c.transaction(|tx| tx.orders().filter(order::tenant_id.eq(t(7))).filter(order::plan_id.to(plan::name).eq("a")).for_share().all());
    One: |c| c.transaction(|tx| tx.plans().query().for_update().all());
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).update(order::total.set_to(order::total + 1));
    All: |c| c.orders().filter(order::tenant_id.eq(t(7))).update(order::user_id.set_to(order::user.to(user::id)));
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).filter(order::user.to(user::email).eq("b")).update(order::total.set_to(2));
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).filter(order::total.gt(1_000)).delete();
    One: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::orders.any(order::total.gt(1_000))).delete();
    One: |c| c.visits().insert_from((visit::tenant_id.from(order::tenant_id.value()), visit::day.from(DAY), visit::number.from(order::total))).filter(order::tenant_id.eq(t(7))).execute();
    One: |c| c.plans().filter(plan::name.eq("a")).all();
    One: |c| c.notes().join(note::plan_id).all();
    One: |c| c.notes().filter(note::plan_id.to(plan::name).eq("a")).update(note::text.set_to("b"));
    One: |c| c.users().insert_or_update((user::tenant_id, user::id), NewUser::new(t(7), 1, "c"), user::email.set_to(excluded(user::email)));
    One: |c| {
        let users = c.users().filter(user::tenant_id.eq(t(7))).all()?;
        c.load(&users, user::orders)
    };
    One: |c| {
        let orders = c.orders().filter(order::tenant_id.eq(t(7))).all()?;
        c.load(&orders, order::user)?;
        c.load(&orders, order::plan_id)
    };
    Given: |c| c.orders().filter(order::tenant_id.in_list([t(7), t(8)])).all();
    Given: |c| c.orders().filter(order::tenant_id.eq(t(7)).or(order::tenant_id.eq(t(8)).and(order::total.gt(1)))).all();
    Given: |c| c.orders().filter(order::tenant_id.in_list([t(7), t(8)])).join(order::user).all();
    Given: |c| c.orders().filter(order::user.to(user::tenant_id).in_list([t(7), t(8)])).count();
    Given: |c| c.users().filter(user::tenant_id.in_list([t(7), t(8)])).filter(user::orders.any(order::total.gt(1))).all();
    Given: |c| {
        let users = c.users().filter(user::tenant_id.in_list([t(7), t(8)])).all()?;
        c.load(&users, user::orders)
    };
    All: |c| c.orders().filter(order::total.gt(1)).all();
    All: |c| c.orders().query().count();
    All: |c| c.orders().select((order::plan_id, count())).group_by(order::plan_id).all();
    All: |c| c.orders().order_by(order::total.desc()).limit(3).all();
    All: |c| c.orders().filter(order::tenant_id.gt(t(7))).join(order::user).all();
    All: |c| c.orders().filter(order::tenant_id.eq(t(7)).or(order::total.gt(1))).all();
    All: |c| c.orders().filter(!order::tenant_id.eq(t(7))).all();
    All: |c| c.users().filter(user::orders.any(order::total.gt(1))).all();
    All: |c| c.users().filter(user::orders.none(order::tenant_id.eq(t(7)))).all();
    All: |c| c.users().filter(user::orders.any(order::tenant_id.in_list([t(7), t(8)]))).all();
    All: |c| c.users().filter(user::tenant_id.eq(t(7))).select(user::orders.count()).all();
    All: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::id.in_query(order::user_id.select())).all();
    All: |c| c.users().select((user::id, user::orders.count())).all();
    All: |c| c.plans().select((plan::id, plan::orders.count())).all();
    All: |c| c.users().per_group(user::tenant_id).limit(1).filter(user::orders.any(order::total.gt(1))).all();
    All: |c| c.devices().filter(device::owner.in_query(user::id.select())).all();
    All: |c| c.plans().filter(plan::id.in_query(tenant::plan_id.select().filter(tenant::name.eq("a")))).all();
    All: |c| c.orders().per_group(order::user_id).limit(1).filter(order::tenant_id.eq(t(7))).all();
    All: |c| c.orders().select(order::id).filter(order::tenant_id.eq(t(7))).union(select(user::id)).all();
    All: |c| c.orders().filter(order::total.gt(1_000)).update(order::total.set_to(3));
    All: |c| c.orders().filter(order::user.to(user::email).eq("z")).update(order::total.set_to(4));
    All: |c| c.orders().filter(order::total.gt(1_000)).delete();
    All: |c| c.orders().filter(order::user.to(user::email).eq("z")).delete();
    All: |c| c.visits().insert_from((visit::tenant_id.from(order::tenant_id.value()), visit::day.from(DAY), visit::number.from(order::total))).filter(order::total.gt(1_000)).execute();
    All: |c| {
        let plans = c.plans().all()?;
        c.load(&plans, plan::tenants)
    };
    Refused: |c| c.transaction(|tx| tx.orders().filter(order::total.gt(1)).for_update().all());
    Refused: |c| c.transaction(|tx| tx.orders().filter(order::user.to(user::email).eq("a")).nowait().all());
    Refused: |c| c.users().per_group(user::email).limit(1).filter(user::orders.any(order::total.gt(1))).all();
    Refused: |c| c.plans().filter(plan::tenants.any(tenant::name.eq("a"))).all();
    Refused: |c| c.plans().filter(plan::name.eq("a")).select(plan::orders.count()).all();
    Refused: |c| c.plans().filter(plan::tenants.exists()).update(plan::name.set_to("b"));
    One: |c| c.plans().filter(plan::name.eq("b")).update(plan::name.set_to(plan::notes.max(note::text).coalesce("c")));
    Refused: |c| c.plans().filter(plan::name.eq("b")).update(plan::name.set_to(plan::tenants.max(tenant::name).coalesce("c")));
    One: |c| c.notes().filter(note::id.eq(NoteId::new(1))).update(note::text.set_to(note::plan_id.to(plan::name)));
    Refused: |c| c.visits().filter(visit::tenant_id.eq(7)).update(visit::tenant_id.set_to(8));
    One: |c| c.visits().insert_from((visit::tenant_id.from(order::tenant_id.value()), visit::day.from(DAY), visit::number.from(order::total))).filter(order::tenant_id.eq(t(7))).limit(3).execute();
    One: |c| c.visits().insert_from((visit::tenant_id.from(8), visit::day.from(DAY), visit::number.from(order::total))).filter(order::tenant_id.eq(t(7))).execute();
    One: |c| c.plans().insert_from((plan::id.value().from(order::total + 100), plan::name.from("c"))).filter(order::tenant_id.eq(t(7))).filter(order::total.gt(1_000)).execute();
    Refused: |c| c.devices().insert_or_update(device::name, NewDevice::new("a", 1), device::owner.set_to(2));
    One: |c| c.spent().filter(spent::tenant_id.eq(t(7))).all();
    One: |c| c.spent().filter(spent::tenant_id.eq(t(7))).filter(spent::total.gt(1)).order_by(spent::total.desc()).limit(2).count();
    One: |c| c.spent().filter(spent::tenant_id.eq(t(7))).select((spent::user_id, spent::total.sum())).group_by(spent::user_id).all();
    One: |c| c.spent().per_group(spent::tenant_id).limit(2).filter(spent::tenant_id.eq(t(7))).all();
    One: |c| c.offers().all();
    One: |c| c.offers().filter(offer::name.eq("a")).count();
    One: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::id.in_query(spent::user_id.select().filter(spent::tenant_id.eq(t(7))))).all();
    One: |c| c.orders().filter(order::tenant_id.eq(t(7))).filter(order::plan_id.in_query(offer::plan_id.select())).all();
    One: |c| c.spent().select(spent::user_id).filter(spent::tenant_id.eq(t(7))).union(select(order::user_id).filter(order::tenant_id.eq(t(7)))).all();
    Given: |c| c.spent().filter(spent::tenant_id.in_list([t(7), t(8)])).all();
    All: |c| c.spent().query().count();
    All: |c| c.spent().filter(spent::total.gt(1)).first();
    All: |c| c.plan_totals().filter(plan_total::plan_id.eq(PlanId::new(7))).all();
    All: |c| c.users().filter(user::tenant_id.eq(t(7))).filter(user::id.in_query(plan_total::total.select())).all();
    All: |c| c.spent().per_group(spent::user_id).limit(2).filter(spent::tenant_id.eq(t(7))).all();
    All: |c| c.plans().filter(plan::id.value().in_query(spent::total.select())).all();
};

const DAY: bindery::types::NaiveDate =
    bindery::types::NaiveDate::from_ymd_opt(2026, 11, 30).expect("a day");

const ROWS: &str = "INSERT INTO plans VALUES (1, 'a'), (2, 'b');
    INSERT INTO notes VALUES (1, 1, 'a');
    INSERT INTO tenants SELECT t, 1, 'a' FROM generate_series(1, 20) t;
    INSERT INTO users SELECT t, u, 'a' FROM generate_series(1, 20) t, generate_series(1, 3) u;
    INSERT INTO orders SELECT t, u, u, 1, u FROM generate_series(1, 20) t, generate_series(1, 3) u;";

/// A database of the cluster, with all tables and some rows.
struct World {
    db: Databases,
    cluster: &'static CitusCluster,
    database: String,
    url: String,
}

impl World {
    fn new() -> Option<Self> {
        let cluster = CitusCluster::of_process()?;
        let url = cluster.fresh_database().expect("the nodes make one");
        let database = url.rsplit('/').next().unwrap_or_default().to_owned();
        let count = format!("ALTER DATABASE {database} SET citus.enable_stat_counters = on");
        cluster.coordinator().ask(&database, &count).expect(&count);
        let config = Config::new()
            .engine("default", url.as_str())
            .engine("plain", url.as_str());
        let db = Databases::with_config(&config).expect("the configuration is good");
        db.create_missing_on(engine::Default)
            .expect("the tables are made");
        let world = Self {
            db,
            cluster,
            database,
            url,
        };
        world.ask(ROWS);
        Some(world)
    }

    fn ask(&self, sql: &str) -> String {
        self.cluster
            .coordinator()
            .ask(&self.database, sql)
            .expect(sql)
    }

    /// The statements that ran on one shard and on several.
    fn counted(&self) -> (u64, u64) {
        let counted = self.ask(
            "SELECT sum(query_execution_single_shard) || ' ' || sum(query_execution_multi_shard) FROM citus_stat_counters WHERE name = current_database()",
        );
        let (one, several) = counted.trim().split_once(' ').expect("two numbers");
        (one.parse().expect(one), several.parse().expect(several))
    }

    /// The statements that a call has run on one shard and on several.
    fn counted_in(&self, call: impl FnOnce()) -> (u64, u64) {
        let before = self.counted();
        call();
        let after = self.counted();
        (after.0 - before.0, after.1 - before.1)
    }
}

/// Covers DIST-02, DIST-03 on PostgreSQL: each call of the query builder runs on as many shards as the runtime says, and what it refuses the cluster
/// refuses.
#[test]
fn dist_03_calls_of_the_builder_run_where_the_runtime_says() {
    let _watchdog = Watchdog::start("dist_03_calls_of_the_builder", Duration::from_secs(300));
    let Some(world) = World::new() else { return };
    let mut wrong = Vec::new();
    for case in CASES {
        let mut outcome = Ok(());
        let mut said = Vec::new();
        let (one, several) = world.counted_in(|| {
            let mut c = world.db.default().expect("the coordinator answers");
            said = Logged::of(|| outcome = (case.on_cluster)(&mut c));
        });
        let warned = said
            .iter()
            .filter(|line| line.contains("runs on all shards"))
            .count();
        let is_refused = matches!(&outcome, Err(error) if matches!(error.kind(), ErrorKind::RefusedByCluster(_)));
        let is_right = match case.expected {
            One => outcome.is_ok() && warned == 0 && several == 0,
            Given => outcome.is_ok() && warned == 0,
            All => outcome.is_ok() && warned == 1 && several > 0,
            Refused => is_refused && (one, several) == (0, 0),
        };
        let mut plain = world.db.plain().expect("the coordinator answers");
        let mut elsewhere = Ok(());
        let unwarned = Logged::of(|| elsewhere = (case.on_plain)(&mut plain));
        let is_alike = match (&elsewhere, case.expected) {
            (Err(error), Refused) => error.code().is_some(),
            (outcome, One | Given | All) => outcome.is_ok(),
            (Ok(()), Refused) => false,
        };
        let is_quiet = !unwarned
            .iter()
            .any(|line| line.contains("runs on all shards"));
        if !(is_right && is_alike && is_quiet) {
            wrong.push(format!(
                "{:?}: {}\n    {outcome:?}, {warned} warnings, {one} on one shard, {several} on several; elsewhere {elsewhere:?}",
                case.expected, case.call
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        CASES.len(),
        wrong.join("\n")
    );
}

/// Covers DIST-02 on PostgreSQL: a text is warned of once, and not at all where all shards are meant.
#[test]
fn dist_02_what_is_meant_to_run_on_all_shards_says_so() {
    let _watchdog = Watchdog::start("dist_02_what_is_meant", Duration::from_secs(120));
    let Some(world) = World::new() else { return };
    let mut c = world.db.default().expect("the coordinator answers");
    let plans = c.plans().all().expect("they are read");
    let said = Logged::of(|| {
        let orders = || order::total.ge(1);
        assert_eq!(
            c.orders()
                .filter(orders())
                .on_all_shards()
                .count()
                .expect("counted"),
            60
        );
        c.orders()
            .filter(orders())
            .on_all_shards()
            .select(order::id)
            .all()
            .expect("selected");
        c.orders()
            .filter(orders())
            .select(order::id)
            .on_all_shards()
            .union(select(user::id))
            .all()
            .expect("united");
        c.orders()
            .filter(orders())
            .join(order::user)
            .on_all_shards()
            .all()
            .expect("joined");
        c.orders()
            .filter(orders())
            .on_all_shards()
            .update(order::total.set_to(order::total))
            .expect("updated");
        c.orders()
            .all_rows()
            .update(order::total.set_to(order::total + 0))
            .expect("updated");
        c.load(&plans, plan::orders.on_all_shards())
            .expect("loaded");
    });
    assert_eq!(said, [""; 0]);
    let said = Logged::of(|| {
        for _ in 0..3 {
            c.orders()
                .filter(order::total.ge(1))
                .count()
                .expect("counted");
        }
    });
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("a statement runs on all shards of `orders`: no condition gives its shard column `tenant_id` one value"),
        "{said:?}"
    );
    let said = Logged::of(|| {
        let large = || plan_total::total.gt(1);
        c.plan_totals()
            .filter(large())
            .on_all_shards()
            .count()
            .expect("counted");
        c.plan_totals().filter(large()).count().expect("counted");
    });
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains(
            "all shards of what the view `plan_totals` reads: a condition on none of its columns"
        ),
        "{said:?}"
    );
}

/// Covers DIST-03 on PostgreSQL: an error names the table, its column and what to write.
#[test]
fn dist_03_a_refusal_says_which_condition_is_missing() {
    let Some(world) = World::new() else { return };
    let mut c = world.db.default().expect("the coordinator answers");
    let locked = c.transaction(|tx| tx.orders().filter(order::total.gt(1)).for_update().all());
    let error = locked.expect_err("rows of all shards are not locked");
    let said = "rows of several shards are locked, which a Citus cluster refuses: filter by one value of `tenant_id` of `orders`";
    assert!(error.to_string().contains(said), "{error}");
    // Nothing was sent: the connection goes on.
    assert_eq!(
        c.orders()
            .filter(order::tenant_id.eq(t(7)))
            .count()
            .expect("counted"),
        3
    );
}

/// Covers DIST-03 on PostgreSQL: an engine that is no cluster is bound as well, where its statements know the shard columns.
#[test]
fn dist_03_a_scope_binds_a_server_that_is_no_cluster() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    let mut c = world
        .db
        .registry()
        .for_shard(engine::Plain, t::<engine::Plain>(7))?;
    assert_eq!(c.orders().count()?, 3);
    assert_eq!(c.orders().join(order::user).all()?.len(), 3);
    assert_eq!(c.users().select(user::orders.count()).all()?, [1, 1, 1]);
    assert_eq!(c.orders().filter(order::tenant_id.eq(t(7))).count()?, 3);
    assert_eq!(c.plans().count()?, 2);
    let other = c.orders().filter(order::tenant_id.eq(t(8))).count();
    let moved = c.visits().all_rows().update(visit::tenant_id.set_to(8));
    let untied = c
        .users()
        .filter(user::id.in_query(order::user_id.select()))
        .all();
    for refused in [other.map(drop), moved.map(drop), untied.map(drop)] {
        let error = refused.expect_err("it is not of the shard alone");
        assert!(
            matches!(error.kind(), ErrorKind::OtherShard(_)),
            "{error:?}"
        );
    }
    Ok(())
}

/// Covers DIST-03 on PostgreSQL: a scope belongs to its connection, also after calls that fail, and ends before the pool gives the session to another.
#[test]
fn dist_03_a_scope_stays_through_failures_and_ends_with_its_connection() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("dist_03_a_scope_stays", Duration::from_secs(120));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let one = EngineOptions::url(world.url.as_str())
        .max_connections(1)
        .statement_timeout(Duration::from_millis(500));
    let config = Config::new()
        .engine("default", one)
        .engine("plain", world.url.as_str());
    let db = Databases::with_config(&config)?;
    let mut c = db
        .registry()
        .for_shard(engine::Default, t::<engine::Default>(7))?;
    let ensure_bound = |c: &mut Connection<engine::Default>| {
        assert_eq!(c.orders().count()?, 3);
        let other = c.orders().filter(order::tenant_id.eq(t(8))).delete();
        let error = other.expect_err("the rows are of another shard");
        assert!(
            matches!(error.kind(), ErrorKind::OtherShard(_)),
            "{error:?}"
        );
        bindery::Result::Ok(())
    };
    ensure_bound(&mut c)?;

    // The server refuses a row, alone and in a transaction that goes on.
    let refused = c.users().insert(NewUser::new(t(7), 1, "a"));
    let refused = refused.expect_err("there is one");
    assert!(matches!(refused.kind(), ErrorKind::UniqueViolation(_)));
    ensure_bound(&mut c)?;
    c.transaction(|tx| {
        let refused = tx.transaction(|tx| tx.users().insert(NewUser::new(t(7), 1, "a")));
        assert!(refused.is_err());
        ensure_bound(tx)
    })?;

    // A call takes too long.
    let mut plain = world.db.plain()?;
    plain.transaction(|tx| {
        let locked = tx.orders().filter(order::tenant_id.eq(t(7))).for_update();
        assert_eq!(locked.all()?.len(), 3);
        let waits = c.transaction(|tx| tx.orders().query().for_update().all());
        let error = waits.expect_err("the rows are locked");
        assert!(
            matches!(error.kind(), ErrorKind::Timeout { .. }),
            "{error:?}"
        );
        bindery::Result::Ok(())
    })?;
    ensure_bound(&mut c)?;

    // The session ends, and the pool has one connection.
    world.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    assert!(c.orders().count().is_err());
    drop(c);
    let mut c = db
        .registry()
        .for_shard(engine::Default, t::<engine::Default>(7))?;
    ensure_bound(&mut c)?;
    drop(c);
    assert_eq!(db.default()?.orders().query().on_all_shards().count()?, 60);
    let mut c = db
        .registry()
        .for_shard(engine::Default, t::<engine::Default>(8))?;
    assert_eq!(c.orders().filter(order::total.le(3)).all()?.len(), 3);
    let of_seven = c.orders().filter(order::tenant_id.eq(t(7))).count();
    assert!(of_seven.is_err());
    Ok(())
}
