//! Calls of each method of a repository, for [`cluster_at_work`](crate::cluster_at_work): what they are given is of one tenant, unless they
//! say otherwise.

use bindery::query::{count, excluded, select};

use crate::cluster::{
    KindQueries as _, LabelId, NewKind, NewLabel, NewOrder, NewSetting, NewVisit, Order, OrderId,
    OrderPatch, OrderQueries as _, SettingId, Tables as _, TenantId, label, order, setting,
};
use crate::cluster_at_work::Tasks::{Local, One, Several};
use crate::cluster_at_work::{Call, World};

const WHOLE_TABLE: &str = "it is of all rows of the table";
const OF_TENANTS: &str = "rows of several tenants are stored by one COPY";
const KEYS_OF_TENANTS: &str = "keys of one column are one list, and each is of another tenant";

pub(crate) fn key(order: &Order) -> OrderId {
    OrderId {
        tenant_id: order.tenant_id,
        id: order.id,
    }
}

/// What is selected of an order.
#[derive(bindery::Row)]
struct Priced {
    total: i64,
    code: String,
}

fn patch(total: i64) -> OrderPatch {
    OrderPatch::new().total(total)
}

/// Orders of one tenant.
fn orders(w: &mut World) -> bindery::Result<[Order; 3]> {
    let tenant = w.tenant()?;
    Ok([
        w.order_of(tenant)?,
        w.order_of(tenant)?,
        w.order_of(tenant)?,
    ])
}

fn new_orders(w: &mut World) -> bindery::Result<[NewOrder; 3]> {
    let tenant = w.tenant()?;
    Ok([(); 3].map(|()| w.new_order_of(tenant)))
}

fn new_orders_of_tenants(w: &mut World) -> bindery::Result<Vec<NewOrder>> {
    (0..8).map(|_| w.new_order()).collect()
}

pub(crate) fn new_setting(name: String) -> NewSetting {
    NewSetting::new(setting::Required {
        name,
        value: "1".into(),
    })
}

/// The same rows again, with another total.
fn again(order: &Order) -> NewOrder {
    NewOrder::from(order.clone()).total(order.total + 1)
}

fn is(holds: bool) -> bindery::Result<()> {
    assert!(holds);
    Ok(())
}

const fn one(method: &'static str, run: fn(&mut World) -> bindery::Result<()>) -> Call {
    one_of(method, "", run)
}

const fn one_of(
    method: &'static str,
    of: &'static str,
    run: fn(&mut World) -> bindery::Result<()>,
) -> Call {
    Call {
        method,
        of,
        tasks: One,
        run,
    }
}

const fn several(
    (method, of): (&'static str, &'static str),
    why: &'static str,
    run: fn(&mut World) -> bindery::Result<()>,
) -> Call {
    Call {
        method,
        of,
        tasks: Several(why),
        run,
    }
}

pub(crate) const CALLS: &[&[Call]] = &[READS, WRITES, UPSERTS, BULK, QUERIES, OTHER_TABLES];

const READS: &[Call] = &[
    one("Repository::find", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().find(key(&order)))?;
        is(found == Some(order))
    }),
    one("Repository::find_if", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().find_if(Some(key(&order))))?;
        is(found == Some(order))
    }),
    one("Repository::get", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().get(key(&order)))?;
        is(found == order)
    }),
    one("Repository::get_if", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().get_if(Some(key(&order))))?;
        is(found == order)
    }),
    one("Repository::reload", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().reload(key(&order)))?;
        is(found == order)
    }),
    one("Repository::exists", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().exists(key(&order)))?;
        is(found)
    }),
    one("Repository::exists_if", |w| {
        let order = w.order()?;
        let found = w.counted(|c| c.orders().exists_if(Some(key(&order))))?;
        is(found)
    }),
    one("Repository::find_many", |w| {
        let orders = orders(w)?;
        let keys = orders.each_ref().map(key);
        let found = w.counted(|c| c.orders().find_many(keys))?;
        is(found.into_iter().flatten().eq(orders))
    }),
    one_of("Repository::find_many", "of several tenants", |w| {
        let keys = [key(&w.order()?), key(&w.order()?), key(&w.order()?)];
        let found = w.counted(|c| c.orders().find_many(keys))?;
        is(found.iter().flatten().count() == 3)
    }),
    several(
        ("Repository::find_many", "by one column"),
        KEYS_OF_TENANTS,
        |w| {
            let keys: Vec<TenantId> = (0..8).map(|_| w.tenant()).collect::<Result<_, _>>()?;
            let found = w.counted(|c| c.tenants().find_many(keys))?;
            is(found.iter().flatten().count() == 8)
        },
    ),
    one("find_by_tenant_id_and_code", |w| {
        let order = w.order()?;
        let (tenant, code) = (order.tenant_id, order.code.clone());
        let found = w.counted(|c| c.orders().find_by_tenant_id_and_code(tenant, &code))?;
        is(found == Some(order))
    }),
    one("get_by_tenant_id_and_code", |w| {
        let order = w.order()?;
        let (tenant, code) = (order.tenant_id, order.code.clone());
        let found = w.counted(|c| c.orders().get_by_tenant_id_and_code(tenant, &code))?;
        is(found == order)
    }),
    several(("Repository::all", ""), WHOLE_TABLE, |w| {
        w.counted(|c| c.orders().all()).map(drop)
    }),
    several(("Repository::count", ""), WHOLE_TABLE, |w| {
        w.counted(|c| c.orders().count()).map(drop)
    }),
    several(("Repository::first", ""), WHOLE_TABLE, |w| {
        w.counted(|c| c.orders().first()).map(drop)
    }),
    several(("Repository::iter", ""), WHOLE_TABLE, |w| {
        w.counted(|c| c.orders().iter()?.try_for_each(|row| row.map(drop)))
    }),
];

const WRITES: &[Call] = &[
    one("Repository::insert", |w| {
        let new = w.new_order()?;
        w.counted(|c| c.orders().insert(new)).map(drop)
    }),
    one_of("Repository::insert", "with a key of the cluster's", |w| {
        let tenant = w.new_tenant();
        let visit = w.counted(|c| c.visits().insert(NewVisit::new(tenant, "one")))?;
        is(visit.id > 0)
    }),
    one("Repository::insert_only", |w| {
        let new = w.new_order()?;
        w.counted(|c| c.orders().insert_only(new))
    }),
    one("Repository::insert_row", |w| {
        let order = w.order()?;
        w.before().orders().delete(key(&order))?;
        w.counted(|c| c.orders().insert_row(&order))
    }),
    one_of(
        "Repository::insert_row",
        "with a key of the cluster's",
        |w| {
            let tenant = w.new_tenant();
            let visit = w.before().visits().insert(NewVisit::new(tenant, "one"))?;
            w.before().visits().all_rows().delete()?;
            w.counted(|c| c.visits().insert_row(&visit))
        },
    ),
    one("Repository::copy_as_new", |w| {
        let tenant = w.new_tenant();
        let visit = w.before().visits().insert(NewVisit::new(tenant, "one"))?;
        let copy = w.counted(|c| c.visits().copy_as_new(&visit))?;
        is(copy.id != visit.id)
    }),
    one("Repository::save", |w| {
        let mut order = w.order()?;
        order.total = 5;
        let saved = w.counted(|c| c.orders().save(&order))?;
        is(saved)
    }),
    one("Repository::save_changes", |w| {
        let read = w.order()?;
        let mut order = read.clone();
        order.total = 5;
        let saved = w.counted(|c| c.orders().save_changes(&read, &order))?;
        is(saved)
    }),
    one("Repository::update", |w| {
        let order = w.order()?;
        let updated = w.counted(|c| c.orders().update(key(&order), patch(5)))?;
        is(updated)
    }),
    one("Repository::update_returning", |w| {
        let order = w.order()?;
        let updated = w.counted(|c| c.orders().update_returning(key(&order), patch(5)))?;
        is(updated.is_some_and(|row| row.total == 5))
    }),
    one("Repository::delete", |w| {
        let order = w.order()?;
        let deleted = w.counted(|c| c.orders().delete(key(&order)))?;
        is(deleted)
    }),
];

const UPSERTS: &[Call] = &[
    one("Repository::insert_or_ignore", |w| {
        let new = w.new_order()?;
        let inserted = w.counted(|c| {
            let first = c.orders().insert_or_ignore(new.clone())?;
            Ok(first && !c.orders().insert_or_ignore(new)?)
        })?;
        is(inserted)
    }),
    one("Repository::get_or_insert", |w| {
        let new = w.new_order()?;
        let (first, second) = w.counted(|c| {
            let first = c.orders().get_or_insert(new.clone())?;
            Ok((first, c.orders().get_or_insert(new)?))
        })?;
        is(first == second)
    }),
    one("get_or_insert_by_tenant_id_and_code", |w| {
        let new = w.new_order()?;
        let (first, second) = w.counted(|c| {
            let first = c
                .orders()
                .get_or_insert_by_tenant_id_and_code(new.clone())?;
            Ok((first, c.orders().get_or_insert_by_tenant_id_and_code(new)?))
        })?;
        is(first == second)
    }),
    one("Repository::upsert", |w| {
        let new = w.new_order()?;
        let (first, second) = w.counted(|c| {
            let first = c.orders().upsert(new)?;
            let second = c.orders().upsert(again(&first))?;
            Ok((first, second))
        })?;
        is_later(&first, &second)
    }),
    one("upsert_by_tenant_id_and_code", |w| {
        let new = w.new_order()?;
        let (first, second) = w.counted(|c| {
            let first = c.orders().upsert_by_tenant_id_and_code(new)?;
            let second = c.orders().upsert_by_tenant_id_and_code(again(&first))?;
            Ok((first, second))
        })?;
        is_later(&first, &second)
    }),
    one_of(
        "Repository::upsert",
        "without a time that updates set",
        |w| {
            let tenant = w.tenant()?;
            let new = || NewLabel::new(tenant, 1, "one");
            let label = w.counted(|c| {
                c.labels().upsert(new())?;
                c.labels().upsert(new())
            })?;
            is(label.name == "one")
        },
    ),
    one("Repository::upsert_row", |w| {
        let first = w.order()?;
        let mut row = first.clone();
        row.total += 1;
        let second = w.counted(|c| c.orders().upsert_row(&row))?;
        is_later(&first, &second)
    }),
    one_of(
        "Repository::upsert_row",
        "of a row that is not there",
        |w| {
            let order = w.order()?;
            w.before().orders().delete(key(&order))?;
            let stored = w.counted(|c| c.orders().upsert_row(&order))?;
            is(stored == order)
        },
    ),
    one("Repository::insert_or_update", |w| {
        let tenant = w.tenant()?;
        let new = || NewLabel::new(tenant, 1, "one");
        let stored = w.counted(|c| {
            for _ in 0..2 {
                let longer = label::name.set_to(label::name.concat(excluded(label::name)));
                c.labels()
                    .insert_or_update((label::tenant_id, label::id), new(), longer)?;
            }
            c.labels().get(LabelId {
                tenant_id: tenant,
                id: 1,
            })
        })?;
        is(stored.name == "oneone")
    }),
    one("Repository::insert_or_update_many", |w| {
        let tenant = w.tenant()?;
        let new = |id| NewLabel::new(tenant, id, "one");
        let given = w.counted(|c| {
            let longer = label::name.set_to(label::name.concat(excluded(label::name)));
            let by = (label::tenant_id, label::id);
            c.labels()
                .insert_or_update_many(by, [new(1), new(2), new(1)], longer)
        })?;
        is(given == 3)
    }),
];

/// The second is stored after the first: its version counts on, and its time is later.
fn is_later(first: &Order, second: &Order) -> bindery::Result<()> {
    assert_eq!(second.total, first.total + 1);
    assert_eq!(second.version, first.version + 1);
    assert!(second.changed_at >= first.changed_at);
    Ok(())
}

const BULK: &[Call] = &[
    one("Repository::insert_many", |w| {
        let new = new_orders(w)?;
        let inserted = w.counted(|c| c.orders().insert_many(new))?;
        is(inserted == 3)
    }),
    several(
        ("Repository::insert_many", "of several tenants"),
        OF_TENANTS,
        |w| {
            let new = new_orders_of_tenants(w)?;
            let inserted = w.counted(|c| c.orders().insert_many(new))?;
            is(inserted == 8)
        },
    ),
    one("Repository::insert_many_returning", |w| {
        let new = new_orders(w)?;
        let stored = w.counted(|c| c.orders().insert_many_returning(new))?;
        is(stored.len() == 3)
    }),
    one("Repository::save_many", |w| {
        let orders = orders(w)?;
        let saved = w.counted(|c| c.orders().save_many(&orders))?;
        is(saved == 3)
    }),
    one_of("Repository::save_many", "of several tenants", |w| {
        let orders = [w.order()?, w.order()?];
        let saved = w.counted(|c| c.orders().save_many(&orders))?;
        is(saved == 2)
    }),
    one("Repository::update_many", |w| {
        let patches = orders(w)?.map(|order| (key(&order), patch(5)));
        let updated = w.counted(|c| c.orders().update_many(patches))?;
        is(updated == 3)
    }),
    one_of("Repository::update_many", "of several tenants", |w| {
        let patches = [w.order()?, w.order()?].map(|order| (key(&order), patch(5)));
        let updated = w.counted(|c| c.orders().update_many(patches))?;
        is(updated == 2)
    }),
    one("Repository::delete_many", |w| {
        let keys = orders(w)?.map(|order| key(&order));
        let deleted = w.counted(|c| c.orders().delete_many(keys))?;
        is(deleted == 3)
    }),
    one_of("Repository::delete_many", "of several tenants", |w| {
        let keys = [w.order()?, w.order()?].map(|order| key(&order));
        let deleted = w.counted(|c| c.orders().delete_many(keys))?;
        is(deleted == 2)
    }),
    one("Repository::upsert_many", |w| {
        let old = orders(w)?;
        let new = w.new_order_of(old[0].tenant_id);
        let rows = old.iter().map(again).chain([new]);
        let upserted = w.counted(|c| c.orders().upsert_many(rows))?;
        is((upserted.inserted, upserted.updated) == (1, 3))
    }),
    one_of("Repository::upsert_many", "of several tenants", |w| {
        let (old, new) = (w.order()?, w.new_order()?);
        let rows = [again(&old), new];
        let upserted = w.counted(|c| c.orders().upsert_many(rows))?;
        is((upserted.inserted, upserted.updated) == (1, 1))
    }),
    one("upsert_many_by_tenant_id_and_code", |w| {
        let old = orders(w)?;
        let new = w.new_order_of(old[0].tenant_id);
        let rows = old.iter().map(again).chain([new]);
        let upserted = w.counted(|c| c.orders().upsert_many_by_tenant_id_and_code(rows))?;
        is((upserted.inserted, upserted.updated) == (1, 3))
    }),
];

/// Queries that begin at a repository are of one server by their conditions.
const QUERIES: &[Call] = &[
    one("Repository::query", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().query().filter(of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::filter", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().filter(of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::filter_if", |w| {
        let tenant = w.order()?.tenant_id;
        let of = |tenant| order::tenant_id.eq(tenant);
        let found = w.counted(|c| c.orders().filter_if(Some(tenant), of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::limit", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().limit(2).filter(of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::order_by", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().order_by(order::total.desc()).filter(of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::select", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().select(order::total).filter(of).all())?;
        is(found == [0])
    }),
    one("Repository::select_as", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let columns = (order::total, order::code);
        let found = w.counted(|c| {
            let rows = c.orders().select_as::<Priced>(columns);
            rows.filter(of).one()
        })?;
        is(found.total == 0 && found.code.starts_with("code"))
    }),
    one("Repository::join", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().join(order::tenant_id).filter(of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::left_join", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().left_join(order::order).filter(of).all())?;
        is(found.len() == 1)
    }),
    one("Repository::left_join_on", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let dear = order::total.gt(100);
        let found = w.counted(|c| {
            let pairs = c.orders().left_join_on(order::order, dear);
            pairs.filter(of).all()
        })?;
        is(found.len() == 1)
    }),
    one("Repository::per_group", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let found = w.counted(|c| {
            let first = c.orders().per_group(order::tenant_id).limit(1);
            first.filter(of).all()
        })?;
        is(found.len() == 1)
    }),
    one("Query::per_group", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let found = w.counted(|c| {
            let first = c.orders().filter(of).per_group(order::total).limit(1);
            first.all()
        })?;
        is(found.len() == 1)
    }),
    one("Repository::with", |w| {
        let tenant = w.order()?.tenant_id;
        let found = w.counted(|c| {
            let one = select(order::id).filter(order::tenant_id.eq(tenant));
            let (orders, ids) = c.orders().with(one);
            let of = order::tenant_id.eq(tenant);
            orders.filter(of.and(order::id.in_shared(ids))).all()
        })?;
        is(found.len() == 1)
    }),
    one("Repository::insert_from", |w| {
        let order = w.order()?;
        let of = order::tenant_id.eq(order.tenant_id);
        let copies = (
            label::tenant_id.from(order::tenant_id),
            label::id.from(order::id),
            label::name.from(order::code),
        );
        let inserted = w.counted(|c| c.labels().insert_from(copies).filter(of).execute())?;
        is(inserted == 1)
    }),
    several(
        ("Repository::all_rows", ""),
        "it is of all rows of the table",
        |w| w.counted(|c| c.visits().all_rows().delete()).map(drop),
    ),
    one("Repository::update_where", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let updated = w.counted(|c| c.orders().update_where(of, order::total.set_to(5)))?;
        is(updated == 3)
    }),
    one("Repository::update_where_returning", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let set = order::total.set_to(5);
        let updated = w.counted(|c| c.orders().update_where_returning(of, set))?;
        is(updated.len() == 3)
    }),
    one("Repository::delete_where", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let deleted = w.counted(|c| c.orders().delete_where(of))?;
        is(deleted == 3)
    }),
    one("Repository::delete_where_returning", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let deleted = w.counted(|c| c.orders().delete_where_returning(of))?;
        is(deleted.len() == 3)
    }),
    one("Query::batches", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let read = w.counted(|c| {
            let batches = c.orders().filter(of).batches(2);
            batches.collect::<Result<Vec<_>, _>>()
        })?;
        is(read.len() == 2)
    }),
    one("Query::merge", |w| {
        let old = orders(w)?;
        let of = order::tenant_id.eq(old[0].tenant_id);
        let rows = [again(&old[0]), w.new_order_of(old[0].tenant_id)];
        let by = (order::tenant_id, order::id);
        let merged = w.counted(|c| c.orders().filter(of).merge(by, rows))?;
        is((merged.inserted, merged.updated, merged.deleted) == (1, 1, 2))
    }),
    one("Query::iter", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let read = w.counted(|c| Ok(c.orders().filter(of).iter()?.count()))?;
        is(read == 3)
    }),
    one("Query::for_update", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let locked =
            w.counted(|c| c.transaction(|tx| tx.orders().filter(of).for_update().all()))?;
        is(locked.len() == 3)
    }),
    one("Query::count", |w| {
        let of = order::tenant_id.eq(orders(w)?[0].tenant_id);
        let counted = w.counted(|c| c.orders().filter(of).select(count()).one())?;
        is(counted == 3)
    }),
];

/// Rows that are on all servers, and rows that are on none but the coordinator.
const OTHER_TABLES: &[Call] = &[
    one_of("Repository::insert", "of a reference table", |w| {
        let id = w.number();
        w.counted(|c| c.kinds().insert(NewKind::new(id, format!("kind {id}"))))
            .map(drop)
    }),
    one_of("find_by_name", "of a reference table", |w| {
        let id = w.number();
        let kind = w
            .before()
            .kinds()
            .insert(NewKind::new(id, format!("kind {id}")))?;
        let found = w.counted(|c| c.kinds().find_by_name(&kind.name))?;
        is(found == Some(kind))
    }),
    one_of("Repository::upsert_many", "of a reference table", |w| {
        let id = w.number();
        let new = || NewKind::new(id, format!("kind {id}"));
        let upserted = w.counted(|c| c.kinds().upsert_many([new(), new()]))?;
        is((upserted.inserted, upserted.updated) == (1, 1))
    }),
    one_of("Repository::insert_many", "of a reference table", |w| {
        let new = [w.number(), w.number()].map(|id| NewKind::new(id, format!("kind {id}")));
        let inserted = w.counted(|c| c.kinds().insert_many(new))?;
        is(inserted == 2)
    }),
    one_of("Repository::join", "with a reference table", |w| {
        let of = order::tenant_id.eq(w.order()?.tenant_id);
        let found = w.counted(|c| c.orders().join(order::kind_id).filter(of).all())?;
        is(found.is_empty())
    }),
    Call {
        method: "Repository::find",
        of: "of a local table",
        tasks: Local,
        run: |w| {
            let name = format!("setting {}", w.number());
            w.before().settings().insert(new_setting(name.clone()))?;
            let found = w.counted(|c| c.settings().find(SettingId::new(name)))?;
            is(found.is_some_and(|setting| setting.value == "1"))
        },
    },
];
