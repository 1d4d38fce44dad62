//! Where queries run, and which are refused, of three tables; `runtime/tests/main/citus.rs` holds many more against a cluster.

use super::survey::Survey;
use crate::driver::{Placement, ReferenceSql, ReferencedSql, ReferredTable, TableSql};
use crate::query::condition::Predicate;
use crate::query::related::RelatedModels;
use crate::query::render::{Limit, Parts, Wanted};
use crate::query::shape::{ColumnPath, op};

const SHARDED: Placement = Placement::Sharded {
    column: 0,
    group: "users",
};

static PLANS: TableSql = TableSql {
    table: "plans",
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
