//! Where queries run, and which are refused, of three tables; `runtime/tests/main/citus.rs` holds many more against a cluster.

use std::sync::Arc;

use super::ensure_bound;
use super::survey::Survey;
use crate::driver::shard_scope::{Bound, ShardScope};
use crate::driver::{Placement, ReferenceSql, ReferencedSql, ReferredTable, TableSql};
use crate::query::clauses::Clauses;
use crate::query::column::in_list;
use crate::query::condition::Predicate;
use crate::query::related::RelatedModels;
use crate::query::render::{Limit, Parts, Wanted};
use crate::query::shape::{ColumnPath, op};
use crate::value::recorded;

const SHARDED: Placement = Placement::Sharded {
    column: 0,
    group: "users",
};

static PLANS: TableSql = TableSql {
    table: "plans",
    insert: "INSERT",
    columns: &["id"],
    key: &[0],
    referenced: &[ReferencedSql {
        from: Some(&ORDERS),
        reference: 1,
    }],
    placement: Placement::Reference,
    ..TableSql::NOTHING
};

static USERS: TableSql = TableSql {
    table: "users",
    insert: "INSERT",
    columns: &["tenant_id", "id"],
    key: &[0, 1],
    referenced: &[ReferencedSql {
        from: Some(&ORDERS),
        reference: 0,
    }],
    placement: SHARDED,
    ..TableSql::NOTHING
};

static ORDERS: TableSql = TableSql {
    table: "orders",
    insert: "INSERT",
    columns: &["tenant_id", "id", "user_id", "plan_id"],
    key: &[0, 1],
    references: &[
        ReferenceSql {
            columns: &[0, 2],
            to: ReferredTable::At(&USERS),
            to_columns: &[],
        },
        ReferenceSql {
            columns: &[3],
            to: ReferredTable::At(&PLANS),
            to_columns: &[],
        },
    ],
    placement: SHARDED,
    ..TableSql::NOTHING
};

static TOTALS: TableSql = TableSql {
    table: "totals",
    columns: &["total"],
    ..TableSql::NOTHING
};

/// `column = value`.
fn equal(column: ColumnPath) -> Predicate {
    let mut predicate = Predicate::column(column);
    predicate.shape.fixed([op::VALUE, op::EQ]);
    predicate
}

fn own(column: u16) -> ColumnPath {
    ColumnPath::own(column)
}

fn both(one: Predicate, other: Predicate, code: u8) -> Predicate {
    let mut both = one;
    both.join(other, code);
    both
}

/// An order refers to the row, and meets a condition.
fn any_order(condition: Predicate) -> Predicate {
    let mut any = condition;
    any.shape.fixed([op::ANY, 0, 0, 0, 1]);
    any
}

fn not(mut condition: Predicate) -> Predicate {
    condition.shape.push(op::NOT);
    condition
}

fn answer(table: &'static TableSql, condition: &Predicate) -> &'static str {
    let mut survey = Survey::default();
    let parts = Parts {
        wanted: Wanted::AnyRows,
        table,
        condition: condition.shape.bytes(),
        values: &[],
        order: &[],
        limit: Limit::All,
        offset: false,
        extras: None,
    };
    survey
        .query(&parts, &RelatedModels::NONE)
        .expect("it is read");
    survey.flow.close();
    match (survey.ensure_found(), survey.flow.open()) {
        (Err(_), _) => "refused",
        (Ok(()), Some(_)) => "all",
        (Ok(()), None) if survey.ensure_lockable().is_ok() => "one",
        (Ok(()), None) => "several groups",
    }
}

#[test]
fn dist_02_conditions_that_all_rows_meet_give_the_shard() {
    let tenant = || equal(own(0));
    let user_of_order = own(0).behind(own(0), 0, false);
    let plan_of_order = own(0).behind(own(0), 1, false);
    assert_eq!(answer(&ORDERS, &tenant()), "one");
    assert_eq!(answer(&ORDERS, &equal(own(1))), "all");
    assert_eq!(answer(&ORDERS, &not(tenant())), "all");
    assert_eq!(
        answer(&ORDERS, &both(equal(own(1)), tenant(), op::AND)),
        "one"
    );
    assert_eq!(
        answer(&ORDERS, &both(equal(own(1)), tenant(), op::OR)),
        "all"
    );
    assert_eq!(answer(&ORDERS, &both(tenant(), tenant(), op::OR)), "one");
    // By a joined row of the group, which is the same one; not by one that is on all servers.
    assert_eq!(answer(&ORDERS, &equal(user_of_order)), "one");
    assert_eq!(answer(&ORDERS, &equal(plan_of_order)), "all");
    assert_eq!(answer(&PLANS, &equal(own(0))), "one");
}

#[test]
fn dist_03_queries_within_are_found_by_the_shard_column() {
    let of_user = || any_order(equal(own(3)));
    let tenant = || equal(own(0));
    assert_eq!(answer(&USERS, &of_user()), "all");
    assert_eq!(answer(&USERS, &both(of_user(), tenant(), op::AND)), "one");
    assert_eq!(
        answer(&USERS, &both(not(of_user()), tenant(), op::AND)),
        "one"
    );
    assert_eq!(answer(&USERS, &both(of_user(), tenant(), op::OR)), "all");
    // From within outwards, but not out of its opposite.
    assert_eq!(answer(&USERS, &any_order(tenant())), "one");
    assert_eq!(answer(&USERS, &not(any_order(tenant()))), "all");
    // Of a row that is on all servers nothing says where its orders are.
    assert_eq!(answer(&PLANS, &of_user()), "refused");
    assert_eq!(answer(&PLANS, &any_order(tenant())), "one");
}

/// `column = value`, over a connection for tenant 7.
fn equal_to(column: ColumnPath, value: i64) -> Predicate {
    let mut predicate = equal(column);
    predicate.values.fixed(recorded::integer(value));
    predicate
}

/// The error over a connection for tenant 7, which adds its condition to a sharded table.
fn refused_in_scope(table: &'static TableSql, condition: &Predicate) -> Option<String> {
    let bound = Bound::to(Arc::new(ShardScope::of(&7).expect("it is a value")));
    let mut clauses = Clauses::of(condition.clone());
    if let Some(column) = table.shard_column() {
        clauses.bind(column, bound.scope());
    }
    let parts = clauses.parts(Wanted::Rows, table);
    let outcome = ensure_bound(&bound, [(parts, RelatedModels::NONE)]);
    outcome.err().map(|error| error.to_string())
}

#[test]
fn dist_03_a_scope_refuses_other_values_wherever_they_stand() {
    let other = |condition: &Predicate| {
        let said = refused_in_scope(&ORDERS, condition).unwrap_or_default();
        said.contains("`tenant_id` of `orders` is not the value")
    };
    let total = || equal_to(own(1), 8);
    let [seven, eight] = [7, 8].map(|tenant| move || equal_to(own(0), tenant));
    assert_eq!(refused_in_scope(&ORDERS, &total()), None);
    assert_eq!(refused_in_scope(&ORDERS, &seven()), None);
    assert_eq!(
        refused_in_scope(&ORDERS, &both(total(), seven(), op::OR)),
        None
    );
    assert!(other(&eight()) && other(&not(eight())) && other(&both(total(), eight(), op::OR)));
    let of_two = |one, two| {
        let mut items = Predicate::new();
        items.values.fixed(recorded::integer(one));
        items.values.fixed(recorded::integer(two));
        in_list(Predicate::column(own(0)), 2, items)
    };
    assert_eq!(refused_in_scope(&ORDERS, &of_two(7, 7)), None);
    assert!(other(&of_two(7, 8)));
    // The row that is joined by the shard column, and those that refer to a row.
    let user = own(0).behind(own(0), 0, false);
    assert!(refused_in_scope(&ORDERS, &equal_to(user, 8)).is_some());
    assert_eq!(refused_in_scope(&USERS, &any_order(total())), None);
    assert_eq!(refused_in_scope(&USERS, &not(any_order(total()))), None);
    assert!(refused_in_scope(&USERS, &any_order(eight())).is_some());
    // Of a row that is on all servers they are of any tenant.
    let said = refused_in_scope(&PLANS, &any_order(total())).unwrap_or_default();
    assert!(
        said.contains("rows of `orders` may be of other shards"),
        "{said}"
    );
    assert_eq!(refused_in_scope(&PLANS, &any_order(seven())), None);
}

#[test]
fn dist_03_a_scope_reads_no_view() {
    let said = refused_in_scope(&TOTALS, &Predicate::new()).unwrap_or_default();
    assert!(said.contains("`totals` is a view"), "{said}");
}
