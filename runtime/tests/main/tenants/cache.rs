//! How many tenants stay open, and which is closed for another.

use super::places::{Places, builder};
use super::{get, insert, on_tenants_of_each_database, prepared, rows};
use crate::sample::Everything;

on_tenants_of_each_database! {
    reg_02_the_one_that_was_used_longest_ago_goes 5;
    reg_03_a_tenant_in_use_is_not_closed 4;
}

/// Five tenants are used one after the other, and three stay open: the latest. The first is opened again.
///
/// Covers REG-02.
fn reg_02_the_one_that_was_used_longest_ago_goes<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).max_pools(3).build().unwrap();
    for number in 0..places.len() {
        let tenant = prepared(&tenants, engine, places, number);
        insert(&tenant, engine, "its first");
        assert!(tenants.stats().open <= 4);
        drop(tenant);
        assert!(tenants.stats().open <= 3);
    }
    let before = tenants.stats();
    assert_eq!((before.opened, before.closed), (5, 2));
    for number in [2, 3, 4, 2] {
        assert_eq!(rows(&get(&tenants, places, number), engine), 1);
    }
    assert_eq!(tenants.stats().hits, before.hits + 4);
    assert_eq!(rows(&get(&tenants, places, 0), engine), 1);
    let open: Vec<String> = tenants
        .open_tenants()
        .into_iter()
        .map(|tenant| tenant.id)
        .collect();
    // The third was used after the fourth.
    assert_eq!(open, ["t0", "t2", "t4"]);
}

/// Three tenants in use where two may be open: none is closed under its user, and when they are not in use any more two
/// stay.
///
/// Covers REG-03.
fn reg_03_a_tenant_in_use_is_not_closed<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).max_pools(2).build().unwrap();
    let held: Vec<_> = (0..3)
        .map(|number| prepared(&tenants, engine, places, number))
        .collect();
    let mut connection = held[0].connect(engine).unwrap();
    let tx = connection.begin().unwrap();
    insert(&prepared(&tenants, engine, places, 3), engine, "the fourth");
    assert_eq!((tenants.stats().open, tenants.stats().in_use), (4, 3));
    tx.commit().unwrap();
    for tenant in &held {
        insert(tenant, engine, "still there");
    }
    let copy = held[1].databases().clone();
    drop((connection, held));
    let stats = tenants.stats();
    assert_eq!((stats.open, stats.in_use), (3, 1));
    assert!(copy.connect(engine).is_ok());
    drop(copy);
    assert_eq!((tenants.stats().open, tenants.stats().in_use), (2, 0));
    for number in 0..4 {
        assert_eq!(rows(&get(&tenants, places, number), engine), 1);
    }
}
