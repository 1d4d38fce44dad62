//! Calls for [`cluster_at_work`](crate::cluster_at_work): rows that belong to others, and rows that are copied from one engine to another.

use bindery::relation::Loaded as _;

use crate::cluster::{
    Label, NewKind, NewLabel, NewLine, NewOrder, NewReceipt, NewTenant, Order, Tables as _,
    TenantId, engine, kind, label, line, order, tenant,
};
use crate::cluster_at_work::Tasks::{One, Several};
use crate::cluster_at_work::{Call, World};
use crate::cluster_calls::key;

const OF_A_REFERENCE_TABLE: &str = "rows that refer to one of a reference table are of any tenant";
const OF_TENANTS: &str = "they belong to rows of several tenants";

/// A tenant's order with two lines, a receipt and a label; it goes on with another one and is of a kind.
fn whole_order(w: &mut World) -> bindery::Result<Order> {
    let first = w.order()?;
    let (tenant, id) = (first.tenant_id, w.number());
    let c = w.before();
    let kind = c.kinds().insert(NewKind::new(id, format!("kind {id}")))?;
    let new = NewOrder::new(tenant, id, format!("code {id}"));
    let order = c.orders().insert(new.first_id(first.id).kind_id(kind.id))?;
    c.lines()
        .insert_many([1, 2].map(|line| new_line(&order, line)))?;
    c.receipts()
        .insert(NewReceipt::new(crate::cluster::receipt::Required {
            tenant_id: tenant,
            order_id: id,
            paid: 1,
        }))?;
    let label = new_label(w, tenant)?;
    order.labels(w.before()).add(&label)?;
    Ok(order)
}

fn new_line(order: &Order, line: i64) -> NewLine {
    NewLine::new(line::Required {
        tenant_id: order.tenant_id,
        order_id: order.id,
        line,
        item: "one".into(),
    })
}

fn new_label(w: &mut World, tenant: TenantId) -> bindery::Result<Label> {
    let id = w.number();
    w.before().labels().insert(NewLabel::new(tenant, id, "one"))
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

pub(crate) const CALLS: &[&[Call]] = &[OF_ONE_ROW, THROUGH, LOADED, COPIED];

const OF_ONE_ROW: &[Call] = &[
    one("Order::tenant", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.tenant(c))?;
        is(found.is_some())
    }),
    one("Order::kind", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.kind(c))?;
        is(found.is_some())
    }),
    one("Order::order", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.order(c))?;
        is(found.is_some())
    }),
    one("Order::orders", |w| {
        let order = whole_order(w)?;
        let first = order.order(w.before())?.expect("it has one");
        let found = w.counted(|c| first.orders(c).all())?;
        is(found == [order])
    }),
    one("Order::lines", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.lines(c).order_by(line::line.desc()).all())?;
        is(found.len() == 2)
    }),
    one("Order::receipt", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.receipt(c))?;
        is(found.is_some())
    }),
    one("Order::order_labels", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.order_labels(c).all())?;
        is(found.len() == 1)
    }),
    one("Order::labels", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.labels(c).all())?;
        is(found.len() == 1)
    }),
    one("HasMany::of", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order::lines.of(c, &order).all())?;
        is(found.len() == 2)
    }),
    one_of("HasMany::of", "of a tenant", |w| {
        let order = whole_order(w)?;
        let tenant = order.tenant(w.before())?.expect("it has one");
        let found = w.counted(|c| tenant.orders(c).all())?;
        is(found.len() == 2)
    }),
    Call {
        method: "HasMany::of",
        of: "of a reference table",
        tasks: Several(OF_A_REFERENCE_TABLE),
        run: |w| {
            let order = whole_order(w)?;
            let kind = order.kind(w.before())?.expect("it has one");
            let found = w.counted(|c| kind.orders(c).all())?;
            is(found == [order])
        },
    },
    one("HasMany::insert_with", |w| {
        let new = w.new_order()?;
        let (_, lines) = w.counted(|c| {
            order::lines.insert_with(c, new, |order| [1, 2].map(|line| new_line(order, line)))
        })?;
        is(lines == 2)
    }),
    one_of("HasMany::insert_with", "of a tenant", |w| {
        let (id, order) = (w.new_tenant(), w.number());
        let (_, orders) = w.counted(|c| {
            let new = NewTenant::new(id, "one");
            tenant::orders.insert_with(c, new, |tenant| [NewOrder::new(tenant.id, order, "one")])
        })?;
        is(orders == 1)
    }),
];

/// Rows through a table between.
const THROUGH: &[Call] = &[
    one("ManyToMany::of", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order::labels.of(c, &order).count())?;
        is(found == 1)
    }),
    one("Through::all", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.labels(c).all())?;
        is(found.len() == 1)
    }),
    one("Through::query", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| {
            let named = order.labels(c).query()?.filter(label::name.eq("one"));
            named.all()
        })?;
        is(found.len() == 1)
    }),
    one("Through::count", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| order.labels(c).count())?;
        is(found == 1)
    }),
    one("Through::add", |w| {
        let order = whole_order(w)?;
        let label = new_label(w, order.tenant_id)?;
        let added = w.counted(|c| order.labels(c).add(&label))?;
        is(added)
    }),
    one("Through::remove", |w| {
        let order = whole_order(w)?;
        let label = order.labels(w.before()).all()?.remove(0);
        let removed = w.counted(|c| order.labels(c).remove(&label))?;
        is(removed)
    }),
    one("Through::set", |w| {
        let order = whole_order(w)?;
        let labels = [
            new_label(w, order.tenant_id)?,
            new_label(w, order.tenant_id)?,
        ];
        w.counted(|c| order.labels(c).set(&labels))?;
        is(order.labels(w.before()).count()? == 2)
    }),
    one("Through::clear", |w| {
        let order = whole_order(w)?;
        let cleared = w.counted(|c| order.labels(c).clear())?;
        is(cleared == 1)
    }),
];

/// What belongs to several rows.
const LOADED: &[Call] = &[
    one("Connection::load_one", |w| {
        let order = whole_order(w)?;
        let found = w.counted(|c| c.load_one(&order, order::order))?;
        is(found.is_some())
    }),
    one("Connection::load", |w| {
        let order = whole_order(w)?;
        let orders = [order.clone(), w.order_of(order.tenant_id)?];
        let to_one = (
            order::tenant_id,
            order::kind_id,
            order::order,
            order::receipt,
        );
        let loaded = w.counted(|c| c.load(&orders, to_one))?;
        let (tenant, kind, first, receipt) = loaded.of(0);
        is(tenant.is_some() && kind.is_some() && first.is_some() && receipt.is_some())
    }),
    one_of("Connection::load", "to many", |w| {
        let order = whole_order(w)?;
        let orders = [order.clone(), w.order_of(order.tenant_id)?];
        let to_many = (
            order::orders,
            order::lines,
            order::order_labels,
            order::labels,
        );
        let loaded = w.counted(|c| c.load(&orders, to_many))?;
        let (_, lines, _, labels) = loaded.of(0);
        is(lines.len() == 2 && labels.len() == 1)
    }),
    one_of(
        "Connection::load",
        "with a limit, an order and a condition",
        |w| {
            let order = whole_order(w)?;
            let orders = [order.clone(), w.order_of(order.tenant_id)?];
            let last = order::lines.order_by(line::line.desc()).limit(1);
            let labels = order::labels.order_by(label::name.asc()).limit(1);
            let named = order::lines.filter(line::item.eq("one")).with(line::order);
            let loaded = w.counted(|c| c.load(&orders, (last, labels, named)))?;
            let (last, labels, named) = loaded.of(0);
            is((last.len(), labels.len(), named.len()) == (1, 1, 2))
        },
    ),
    one_of(
        "Connection::load",
        "of more rows than are in one statement",
        |w| {
            let tenant = w.tenant()?;
            let new: Vec<NewOrder> = (0..300).map(|_| w.new_order_of(tenant)).collect();
            w.before().orders().insert_many(new)?;
            let of = order::tenant_id.eq(tenant);
            let orders = w.before().orders().filter(of).all()?;
            let loaded = w.counted(|c| c.load(&orders, (order::lines, order::labels)))?;
            is(orders.len() == 300 && loaded.of(299).0.is_empty())
        },
    ),
    one_of("Connection::load", "of a tenant", |w| {
        let order = whole_order(w)?;
        let tenants = [order.tenant(w.before())?.expect("it has one")];
        let loaded = w.counted(|c| c.load(&tenants, tenant::orders.with(order::lines)))?;
        is(loaded.of(0).len() == 2)
    }),
    Call {
        method: "Connection::load",
        of: "of several tenants",
        tasks: Several(OF_TENANTS),
        run: |w| {
            let orders: Vec<Order> = (0..8).map(|_| whole_order(w)).collect::<Result<_, _>>()?;
            let loaded = w.counted(|c| c.load(&orders, order::lines))?;
            is((0..8).all(|at| loaded[at].len() == 2))
        },
    },
    Call {
        method: "Connection::load",
        of: "of a reference table",
        tasks: Several(OF_A_REFERENCE_TABLE),
        run: |w| {
            let order = whole_order(w)?;
            let kinds = [order.kind(w.before())?.expect("it has one")];
            let loaded = w.counted(|c| c.load(&kinds, kind::orders))?;
            is(loaded[0].len() == 1)
        },
    },
];

/// Rows of another engine.
const COPIED: &[Call] = &[
    one("Order::copy_to", |w| {
        let order = w.order()?;
        w.before().orders().delete(key(&order))?;
        let of_file = order.to_engine::<engine::Lite>();
        w.counted(|c| of_file.copy_to(c)).map(drop)
    }),
    one("Order::copy_over_to", |w| {
        let order = w.order()?;
        let of_file = order.to_engine::<engine::Lite>();
        let stored = w.counted(|c| of_file.copy_over_to(c))?;
        is(stored.version == 2)
    }),
    one("Order::move_to", |w| {
        let order = w.order()?;
        let mut lite = w.db.lite()?;
        let tenant = order.tenant(w.before())?.expect("it has one");
        tenant.copy_to(&mut lite)?;
        let moved = w.counted(|c| order.move_to(c, &mut lite))?;
        is(moved.done().is_ok())
    }),
    one("Order::delete", |w| {
        let (order, db) = (w.order()?, w.db.clone());
        let deleted = w.counted(|c| match c.in_transaction() {
            // It is of the databases, and not of the connection's transaction.
            true => c.orders().delete(key(&order)),
            false => order.delete(&db),
        })?;
        is(deleted)
    }),
];
