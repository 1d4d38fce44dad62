//! Connections for one tenant of a cluster: the calls of [`cluster_calls`](crate::cluster_calls) on one for the tenant of their rows, and on one for
//! another tenant. The cluster's own counters show which calls sent something.

use std::collections::BTreeSet;

use bindery::error::Applied;
use bindery::query::select;
use bindery::{Condition, Connection, ErrorKind, Hosts, StaticEngine};
use bindery_testkit::Watchdog;

use crate::cluster::{
    KindId, NewKind, NewLine, NewOrder, NewTenant, Order, Tables as _, TenantId, engine, kind,
    label, line, model, order, tenant,
};
use crate::cluster_at_work::{Call, Coordinator, PATIENCE, Scope, Tasks, World, calls};
use crate::cluster_calls::{key, new_setting};
use crate::query_rows::Seeded;

/// Calls that are made on a connection of their own, or go on after a refusal.
const APART: &[(&str, &str)] = &[("Order::delete", ""), ("Order::move_to", "")];

fn is_of_tenants(call: &Call) -> bool {
    call.of.contains("several tenants") || call.of == "by one column"
}

/// Reads or writes rows of other tables, or whatever rows there are of the tenant.
fn is_of_any(call: &Call) -> bool {
    matches!(call.tasks, Tasks::Several(_) | Tasks::Local) && !is_of_tenants(call)
        || call.of.ends_with("of a reference table")
        || call.method == "Order::kind"
}

/// Why a call is not as it should be.
fn fault(world: &mut World, call: &Call, scope: Scope) -> Option<String> {
    world.counted = None;
    let done = (call.run)(world);
    let is_refused =
        matches!(&done, Err(error) if matches!(error.kind(), ErrorKind::OtherShard(_)));
    let is_right = match (scope, world.counted) {
        (Scope::Own, Some(counted)) if is_of_tenants(call) => is_refused && counted == (0, 0),
        (Scope::Own, Some((one, 0))) => {
            done.is_ok() && (one > 0) != matches!(call.tasks, Tasks::Local)
        }
        (Scope::Other, Some(counted)) => is_refused && counted == (0, 0),
        (_, _) => false,
    };
    let counted = world.counted;
    (!is_right).then(|| {
        format!(
            "{scope:?} {} {}: {counted:?} {done:?}",
            call.method, call.of
        )
    })
}

/// Covers DIST-03 on PostgreSQL: on a connection for a tenant each method is one task of its rows, and with rows of another nothing is sent.
#[test]
fn dist_03_a_scope_of_one_tenant_has_each_method_and_no_row_of_another() {
    let _watchdog = Watchdog::start("dist_03_a_scope_of_one_tenant", PATIENCE);
    let Some(world) = World::new() else { return };
    let mut world = world.expect("the tables are made");
    let mut faults = Vec::new();
    for (scope, in_transaction) in [
        (Scope::Own, false),
        (Scope::Own, true),
        (Scope::Other, false),
        (Scope::Other, true),
    ] {
        (world.scope, world.in_transaction) = (Some(scope), in_transaction);
        let calls = calls().filter(|call| !APART.contains(&(call.method, call.of)));
        let calls = calls.filter(|call| scope == Scope::Own || !is_of_any(call));
        faults.extend(calls.filter_map(|call| fault(&mut world, call, scope)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A connection for tenant 1 of a world with two tenants, which have two orders each.
fn of_two_tenants() -> Option<(World, Coordinator)> {
    let mut world = World::new()?.expect("the tables are made");
    for id in [1, 2] {
        let tenant = world.tenant_of(id).expect("it is inserted");
        for total in [10, 20] {
            let new = world.new_order_of(tenant).total(total);
            world.before().orders().insert(new).expect("it is inserted");
        }
    }
    let bound = world.bound_to(1).expect("the coordinator answers");
    Some((world, bound))
}

/// Refused before it is sent, as it is of another shard or cannot be bound.
#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: bindery::Result<T>) -> String {
    let error = outcome.expect_err("it is not of the shard alone");
    assert!(
        matches!(error.kind(), ErrorKind::OtherShard(_)),
        "{error:?}"
    );
    assert_eq!(error.applied(), Applied::No);
    assert!(!error.is_retryable());
    error.to_string()
}

/// Covers DIST-03 on PostgreSQL: whole tables are those of the tenant, and only sharded ones are.
#[test]
fn dist_03_a_scope_of_whole_tables_is_of_one_tenant() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("dist_03_a_scope_of_whole_tables", PATIENCE);
    let Some((mut world, mut c)) = of_two_tenants() else {
        return Ok(());
    };
    let is_own = |orders: &[Order]| orders.iter().all(|order| *order.tenant_id.value() == 1);
    let kind = world.before().kinds().insert(NewKind::new(1, "one"))?;
    assert!(is_own(&c.orders().all()?) && c.orders().count()? == 2);
    assert!(is_own(c.orders().first()?.as_slice()));
    assert_eq!(c.orders().iter()?.count(), 2);
    assert_eq!(c.orders().on_all_shards().count()?, 2);
    assert_eq!(c.orders().query().iter()?.count(), 2);
    assert_eq!(
        c.orders().select(order::total.sum()).one()?,
        Some(30.into())
    );
    assert_eq!(c.tenants().count()?, 1);
    assert!(
        c.orders().query().update(order::total.set_to(1)).is_err(),
        "it has no condition"
    );
    assert_eq!(
        c.orders()
            .all_rows()
            .update(order::kind_id.set_to(kind.id))?,
        2
    );
    assert!(is_own(&kind.orders(&mut c).all()?) && kind.orders(&mut c).count()? == 2);
    let counted = c.tenants().select(tenant::orders.count()).all()?;
    assert_eq!(counted, [2]);
    assert_eq!(c.kinds().all()?.len(), 1);
    c.settings().insert(new_setting("one".into()))?;
    assert_eq!(c.orders().all_rows().delete()?, 2);
    assert_eq!(world.before().orders().count()?, 2);
    // The next user of the connection has all rows.
    drop(c);
    let db = world.db.clone();
    let free: Vec<_> = (0..3).map(|_| db.default()).collect::<Result<_, _>>()?;
    for mut c in free {
        assert_eq!(c.tenants().count()?, 2);
    }
    Ok(())
}

/// Covers DIST-03 on PostgreSQL: nothing is sent, so a transaction goes on.
#[test]
fn dist_03_a_scope_refuses_and_a_transaction_goes_on() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("dist_03_a_scope_refuses", PATIENCE);
    let Some((mut world, mut c)) = of_two_tenants() else {
        return Ok(());
    };
    let other: Order = world
        .before()
        .orders()
        .filter(order::tenant_id.eq(TenantId::new(2)))
        .first()?
        .expect("it is there");
    c.transaction(|tx| {
        tx.orders().all_rows().update(order::total.set_to(5))?;
        let said = refused(tx.orders().find(key(&other)));
        assert!(
            said.contains("`tenant_id` of `orders` is not the value that the connection is for"),
            "{said}"
        );
        refused(
            tx.orders()
                .insert(NewOrder::new(TenantId::new(2), 99, "new")),
        );
        refused(tx.transaction(|inner| inner.orders().delete(key(&other))));
        refused(
            tx.orders()
                .filter(order::tenant_id.eq(TenantId::new(2)))
                .count(),
        );
        refused(
            tx.orders()
                .filter(order::tenant_id.in_list([1, 2].map(TenantId::new)))
                .count(),
        );
        let said = refused(
            tx.orders()
                .filter(order::id.in_query(line::order_id.select()))
                .all(),
        );
        assert!(
            said.contains("rows of `lines` may be of other shards"),
            "{said}"
        );
        refused(tx.orders().select(order::id).union(select(label::id)).all());
        refused(tx.orders().update_where(
            order::total.gt(0),
            order::tenant_id.set_to(TenantId::new(2)),
        ));
        let copy = |tenant| {
            (
                label::tenant_id.from(tenant),
                label::id.from(order::id),
                label::name.from(order::code),
            )
        };
        refused(tx.labels().insert_from(copy(TenantId::new(2))).execute());
        assert_eq!(
            tx.labels().insert_from(copy(TenantId::new(1))).execute()?,
            2
        );
        refused(
            tx.orders()
                .filter(bindery::sql_fragment!("{order::total} > 0"))
                .all(),
        );
        let said = refused(tx.execute("UPDATE orders SET total = 0", ()));
        assert!(said.contains("runs no SQL of the program's own"), "{said}");
        refused(tx.query_scalar::<i64>("SELECT count(*) FROM orders", ()));
        tx.orders()
            .insert(NewOrder::new(TenantId::new(1), 99, "new"))
            .map(drop)
    })?;
    let totals = world.before().orders().filter(order::total.eq(5)).count()?;
    assert_eq!(
        (
            totals,
            world.before().orders().count()?,
            c.orders().count()?
        ),
        (2, 5, 3)
    );
    let unsupported = [
        world.db.registry().for_shard(engine::Lite, 1).map(drop),
        world
            .db
            .registry()
            .for_shard(engine::Default, None::<i64>)
            .map(drop),
    ];
    for outcome in unsupported {
        let error = outcome.expect_err("nothing would be bound");
        assert!(
            matches!(error.kind(), ErrorKind::Unsupported(_)),
            "{error:?}"
        );
    }
    Ok(())
}

/// Conditions of random queries, and how many are tried.
const CONDITIONS: u64 = 200;

/// Engines with all models of the conditions.
trait Everything: StaticEngine + Hosts<model::Order> + Hosts<model::Line> + Hosts<model::Kind> {}

impl<E: StaticEngine + Hosts<model::Order> + Hosts<model::Line> + Hosts<model::Kind>> Everything
    for E
{
}

/// A condition, and whether all that it names is of tenant 1.
struct Written<E> {
    condition: Condition<model::Order, E>,
    is_own: bool,
}

fn leaf<E: Everything>(seeded: &mut Seeded) -> Written<E> {
    let number = seeded.below(5) as i64;
    let tenant = if seeded.below(8) == 0 { 2 } else { 1 };
    let key = TenantId::<E>::new(tenant);
    let (condition, names_tenant) = match seeded.below(14) {
        0 => (order::tenant_id.eq(key), true),
        1 => (order::tenant_id.in_list([TenantId::new(1), key]), true),
        2 => (
            order::lines.any(line::tenant_id.eq(key).and(line::line.gt(number))),
            true,
        ),
        3 => (
            order::id.in_query(line::order_id.select().filter(line::tenant_id.eq(key))),
            true,
        ),
        4 => (order::order.to(order::tenant_id).eq(key), true),
        5 => (order::lines.any(line::line.gt(number)), false),
        6 => (order::lines.none(line::line.lt(number)), false),
        7 => (order::order.to(order::total).lt(number), false),
        8 => (order::kind_id.to(kind::name).eq("kind 1"), false),
        9 => (order::code.ends_with("3"), false),
        10 => (order::lines.count().gt(number as u64), false),
        11 => (order::tenant_id.ge(key), false),
        12 => (order::total.in_list([number, number + 2]), false),
        _ => (order::total.gt(number), false),
    };
    let is_own = !names_tenant || tenant == 1;
    Written { condition, is_own }
}

fn condition<E: Everything>(seeded: &mut Seeded, depth: u64) -> Written<E> {
    if depth == 0 || seeded.below(3) == 0 {
        return leaf(seeded);
    }
    let (one, other) = (condition(seeded, depth - 1), condition(seeded, depth - 1));
    let condition = match seeded.below(3) {
        0 => one.condition.and(other.condition),
        1 => one.condition.or(other.condition),
        _ => (!one.condition).and(other.condition),
    };
    Written {
        condition,
        is_own: one.is_own && other.is_own,
    }
}

/// Three tenants with the same numbers of orders, of which some go on with others, have lines and are of a kind.
fn fill<E: Everything + Hosts<model::Tenant>>(c: &mut Connection<E>) -> bindery::Result<()> {
    let kinds = [1, 2].map(|id| NewKind::new(id, format!("kind {id}")));
    c.kinds().insert_many(kinds)?;
    for tenant in 1..=3 {
        let tenant = c.tenants().insert(NewTenant::new(tenant, "one"))?.id;
        for id in 1..=8 {
            let mut new = NewOrder::new(tenant, id, format!("code {id}")).total(id % 5);
            if id % 2 == 0 {
                new = new.first_id(id - 1).kind_id(KindId::new(1 + id % 3 % 2));
            }
            c.orders().insert(new)?;
            let lines = (0..id % 4).map(|line| {
                NewLine::new(line::Required {
                    tenant_id: tenant,
                    order_id: id,
                    line,
                    item: "one".into(),
                })
            });
            c.lines().insert_many(lines)?;
        }
    }
    Ok(())
}

/// Covers DIST-03 on PostgreSQL: what random conditions find and change over a connection for a tenant is what they find in a file, of that tenant
/// alone; those that name another tenant are refused.
#[test]
fn dist_03_a_scope_of_random_conditions_has_no_row_of_another_tenant() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("dist_03_a_scope_of_random_conditions", PATIENCE);
    let Some(world) = World::new() else {
        return Ok(());
    };
    let world = world?;
    let (mut free, mut bound, mut lite) =
        (world.db.default()?, world.bound_to(1)?, world.db.lite()?);
    fill(&mut free)?;
    fill(&mut lite)?;
    let keys = |orders: Vec<Order>| -> BTreeSet<(i64, i64)> {
        orders
            .iter()
            .map(|order| (*order.tenant_id.value(), order.id))
            .collect()
    };
    let mut found = 0;
    for seed in 0..CONDITIONS {
        let on_cluster = condition::<engine::Default>(&mut Seeded::new(seed), 3);
        let in_file = condition::<engine::Lite>(&mut Seeded::new(seed), 3).condition;
        let orders = bound.orders().filter(on_cluster.condition.clone());
        if !on_cluster.is_own {
            refused(orders.all());
            let of = on_cluster.condition.clone();
            refused(
                bound
                    .orders()
                    .update_where(of, order::total.set_to(order::total + 100)),
            );
            refused(bound.orders().delete_where(on_cluster.condition));
            continue;
        }
        let expected: BTreeSet<(i64, i64)> = lite
            .orders()
            .filter(in_file)
            .all()?
            .iter()
            .map(|order| (*order.tenant_id.value(), order.id))
            .filter(|(tenant, _)| *tenant == 1)
            .collect();
        found += expected.len();
        let all = orders.all();
        // Citus 13.2 refuses some outer joins by itself, before PostgreSQL 17: `outer joins and pseudoconstant quals`.
        if let Err(error) = &all {
            assert_eq!(error.code(), Some("XX000"), "seed {seed}: {error:?}");
            continue;
        }
        assert_eq!(keys(all?), expected, "seed {seed}");
        let of = || on_cluster.condition.clone();
        assert_eq!(
            bound.orders().filter(of()).count()?,
            expected.len() as u64,
            "seed {seed}"
        );
        let changed = bound.orders().update_where(of(), order::note.set_to("!"))?;
        assert_eq!(changed, expected.len() as u64, "seed {seed}");
    }
    assert!(found > 100, "{found}");
    let touched = order::note
        .is_not_null()
        .and(order::tenant_id.ne(TenantId::new(1)));
    assert_eq!(free.orders().filter(touched).count()?, 0);
    Ok(())
}
