//! The methods of models whose rows a Citus cluster has on several servers, each with the number of servers that it takes: the case
//! `cluster`. What a call sends is counted by the cluster itself.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use bindery::error::Applied;
use bindery::{Config, Connection, EngineOptions};
use bindery_testkit::{CitusCluster, Watchdog};
use syn::{ImplItem, Item, TraitItem, Type, Visibility};

use crate::cluster::{
    Databases, NewLine, NewOrder, NewTenant, Order, Tables as _, TenantId, engine, line, lines,
    order, orders,
};
use crate::cluster_calls;
use crate::cluster_calls_of_relations;

pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// Where PostgreSQL keeps the plan of a prepared statement for all values it has been executed more often.
const ROUNDS: usize = 7;

pub(crate) type Coordinator = Connection<engine::Default>;

/// The executions that a call is for the cluster.
#[derive(Clone, Copy)]
pub(crate) enum Tasks {
    /// Each is of one shard.
    One,
    /// There is one of several shards, for this reason.
    Several(&'static str),
    /// The coordinator alone has the rows.
    Local,
}

/// A call of a method.
pub(crate) struct Call {
    pub(crate) method: &'static str,
    /// The arguments, where a method is called with several.
    pub(crate) of: &'static str,
    pub(crate) tasks: Tasks,
    pub(crate) run: fn(&mut World) -> bindery::Result<()>,
}

/// A database of a cluster, and a file beside it.
pub(crate) struct World {
    pub(crate) db: Databases,
    c: Coordinator,
    counter: Coordinator,
    next: i64,
    pub(crate) in_transaction: bool,
    /// The tenant whose rows were made last.
    tenant: i64,
    /// Calls are made on a connection for one tenant.
    pub(crate) scope: Option<Scope>,
    /// Of the call at hand: executions of one shard, and of several.
    pub(crate) counted: Option<(i64, i64)>,
}

/// The tenant of a connection for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// That of the rows of the call, the last of several.
    Own,
    /// One without rows.
    Other,
}

/// Databases of this cluster with tables, and a file in memory.
pub(crate) fn databases(
    url: &str,
    change: impl FnOnce(EngineOptions) -> EngineOptions,
) -> Databases {
    let options = EngineOptions::url(url).statement_timeout(Duration::from_secs(60));
    let config = Config::new()
        .engine("default", change(options))
        .engine("lite", "sqlite::memory:");
    Databases::with_config(&config).expect("it is configured")
}

impl World {
    /// `None` where there is no Citus, as the test kit says.
    pub(crate) fn new() -> Option<bindery::Result<Self>> {
        let cluster = CitusCluster::of_process()?;
        let url = cluster.fresh_database().expect("the nodes make one");
        let name = url.rsplit('/').next().unwrap_or_default();
        let count = format!("ALTER DATABASE \"{name}\" SET citus.enable_stat_counters = on");
        let coordinator = cluster.coordinator();
        coordinator.ask(name, &count).expect("it can be set");
        Some(Self::with_tables(databases(&url, |options| options)))
    }

    fn with_tables(db: Databases) -> bindery::Result<Self> {
        db.create_missing()?;
        Ok(Self {
            c: db.default()?,
            counter: db.default()?,
            db,
            next: 0,
            in_transaction: false,
            tenant: 0,
            scope: None,
            counted: None,
        })
    }

    /// Another one at each call.
    pub(crate) fn number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn tenant(&mut self) -> bindery::Result<TenantId> {
        let id = self.new_tenant();
        self.tenant_of(id)
    }

    /// The tenant of this number.
    pub(crate) fn tenant_of(&mut self, id: i64) -> bindery::Result<TenantId> {
        Ok(self.c.tenants().insert(NewTenant::new(id, "one"))?.id)
    }

    /// The number of a tenant that has no rows so far.
    pub(crate) fn new_tenant(&mut self) -> i64 {
        self.tenant = self.number();
        self.tenant
    }

    pub(crate) fn new_order(&mut self) -> bindery::Result<NewOrder> {
        let tenant = self.tenant()?;
        Ok(self.new_order_of(tenant))
    }

    pub(crate) fn new_order_of(&mut self, tenant: TenantId) -> NewOrder {
        let id = self.number();
        NewOrder::new(tenant, id, format!("code {id}"))
    }

    pub(crate) fn order(&mut self) -> bindery::Result<Order> {
        let new = self.new_order()?;
        self.c.orders().insert(new)
    }

    pub(crate) fn order_of(&mut self, tenant: TenantId) -> bindery::Result<Order> {
        let new = self.new_order_of(tenant);
        self.c.orders().insert(new)
    }

    /// What is not counted.
    pub(crate) fn before(&mut self) -> &mut Coordinator {
        &mut self.c
    }

    /// Counts what this is for the cluster.
    pub(crate) fn counted<T>(
        &mut self,
        work: impl FnOnce(&mut Coordinator) -> bindery::Result<T>,
    ) -> bindery::Result<T> {
        let before = self.executions()?;
        let mut bound = match self.scope {
            None => None,
            Some(Scope::Own) => Some(self.bound_to(self.tenant)?),
            Some(Scope::Other) => Some(self.bound_to(-1)?),
        };
        let c = bound.as_mut().unwrap_or(&mut self.c);
        let value = match self.in_transaction {
            true => c.transaction(|tx| work(tx)),
            false => work(c),
        };
        let after = self.executions()?;
        self.counted = Some((after.0 - before.0, after.1 - before.1));
        value
    }

    pub(crate) fn bound_to(&self, tenant: i64) -> bindery::Result<Coordinator> {
        self.db.registry().for_shard(engine::Default, tenant)
    }

    fn executions(&mut self) -> bindery::Result<(i64, i64)> {
        self.counter.query_row(
            "SELECT query_execution_single_shard, query_execution_multi_shard FROM citus_stat_counters WHERE name = current_database()",
            (),
        )
    }

    /// Why a call is not as it should be.
    fn fault(&mut self, call: &Call) -> Option<String> {
        self.counted = None;
        let done = (call.run)(self);
        let what = match (done, self.counted, call.tasks) {
            (Err(error), _, _) => error.to_string(),
            (Ok(()), None, _) => "it counts nothing".to_owned(),
            (_, Some((1.., 0)), Tasks::One)
            | (_, Some((_, 1..)), Tasks::Several(_))
            | (_, Some((0, 0)), Tasks::Local) => return None,
            (_, Some((one, several)), _) => {
                format!("{one} executions of one shard, {several} of several")
            }
        };
        Some(format!("{} {}: {what}", call.method, call.of))
    }
}

pub(crate) fn calls() -> impl Iterator<Item = &'static Call> {
    let all = [cluster_calls::CALLS, cluster_calls_of_relations::CALLS];
    all.into_iter().flatten().copied().flatten()
}

/// Covers DIST-02 on PostgreSQL.
#[test]
fn dist_02_each_method_of_a_sharded_model_is_one_task_where_its_key_is_known() {
    let _watchdog = Watchdog::start("dist_02_each_method", PATIENCE);
    let Some(world) = World::new() else { return };
    let mut world = world.expect("the tables are made");
    let mut faults = BTreeSet::new();
    for in_transaction in [false, true] {
        world.in_transaction = in_transaction;
        for _ in 0..ROUNDS {
            faults.extend(calls().filter_map(|call| world.fault(call)));
        }
    }
    let faults: Vec<_> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for call in calls() {
        if let Tasks::Several(why) = call.tasks {
            assert!(!why.is_empty(), "{} {}", call.method, call.of);
        }
    }
}

/// Covers DIST-02 on PostgreSQL: Citus takes no function of the time in `ON CONFLICT`.
#[test]
fn dist_02_an_upsert_that_a_cluster_refuses_says_what_to_call() {
    let _watchdog = Watchdog::start("dist_02_an_upsert_that_a_cluster_refuses", PATIENCE);
    let Some(world) = World::new() else { return };
    let mut world = world.expect("the tables are made");
    let stored = world.order().expect("nothing is in the way");
    let by = (order::tenant_id, order::id);
    let more = || order::total.set_to(order::total + 1);
    let again = || NewOrder::from(stored.clone());
    let mut orders = world.c.orders();
    let one = orders.insert_or_update(by, again(), more()).map(drop);
    let many = orders.insert_or_update_many(by, [again()], more());
    for refused in [one, many.map(drop)] {
        let error = refused.expect_err("the cluster refuses it");
        assert_eq!(error.applied(), Applied::No, "{error:?}");
        assert!(error.to_string().contains("use `upsert`"), "{error}");
    }
    let found = orders.find(cluster_calls::key(&stored));
    assert_eq!(found.expect("it answers"), Some(stored));
}

/// Covers DIST-02, ERR-01 on PostgreSQL: a worker knows the key of its shard alone.
#[test]
fn dist_02_what_a_shard_refuses_is_the_models_own_key() {
    let _watchdog = Watchdog::start("dist_02_what_a_shard_refuses", PATIENCE);
    let Some(world) = World::new() else { return };
    let mut world = world.expect("the tables are made");
    let stored = world.order().expect("nothing is in the way");
    let same = || NewOrder::from(stored.clone());
    let next = world.new_order_of(stored.tenant_id).first_id(stored.id);
    let others: bindery::Result<Vec<_>> = (0..9).map(|_| world.new_order()).collect();
    let mut others = others.expect("nothing is in the way");
    others.insert(5, same());
    let c = &mut world.c;
    c.orders().insert(next).expect("nothing is in the way");
    let other = |id| NewOrder { id, ..same() };
    let alone = NewLine::new(line::Required {
        tenant_id: stored.tenant_id,
        order_id: -1,
        line: 1,
        item: "one".into(),
    });
    let among = c
        .orders()
        .insert_many(others)
        .expect_err("one violates a key");
    assert_eq!(among.row(), None, "a shard counts its own rows: {among:?}");
    let refused = [
        (c.orders().insert(same()).map(drop), orders::PRIMARY_KEY),
        (
            c.orders().insert_many([same()]).map(drop),
            orders::PRIMARY_KEY,
        ),
        (
            c.orders().insert(other(-1)).map(drop),
            orders::TENANT_ID_AND_CODE,
        ),
        (
            c.transaction(|tx| tx.orders().insert_many([other(-1)]).map(drop)),
            orders::TENANT_ID_AND_CODE,
        ),
        (
            c.lines().insert(alone).map(drop),
            lines::TENANT_ID_AND_ORDER_ID_FOREIGN_KEY,
        ),
        (
            c.orders().delete(cluster_calls::key(&stored)).map(drop),
            orders::TENANT_ID_AND_FIRST_ID_FOREIGN_KEY,
        ),
    ];
    for (outcome, key) in refused {
        let error = outcome.expect_err("it violates a key");
        assert!(error.constraint() == key, "{error}: not {key:?}");
        assert_eq!(error.applied(), Applied::No, "{error:?}");
    }
}

/// A method that is not among the calls was never counted.
#[test]
fn dist_02_no_method_of_a_repository_is_left_out() {
    let called: BTreeSet<&str> = calls().map(|call| call.method).collect();
    let mut all = public_methods();
    all.extend(generated_methods());
    assert!(all.len() > 70, "{all:?}");
    for (without, _) in WITHOUT_A_CALL {
        assert!(all.remove(*without), "{without} is not there any more");
        assert!(!called.contains(without), "{without}");
    }
    let missing: Vec<_> = all
        .iter()
        .filter(|name| !called.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Methods that send nothing, and those that a model of a cluster has not.
const WITHOUT_A_CALL: &[(&str, &str)] = &[
    ("Repository::new", "sends nothing"),
    ("Repository::on_all_shards", "sends nothing"),
    ("Order::to_engine", "sends nothing"),
    ("Column::ancestors", OF_ONE_COLUMN),
    ("Column::descendants", OF_ONE_COLUMN),
    ("Column::tree", OF_ONE_COLUMN),
];

const OF_ONE_COLUMN: &str =
    "a sharded table refers to itself by two columns or more, and trees are of one";

/// Methods of repositories and of rows' relations, as the list of public items has them.
fn public_methods() -> BTreeSet<String> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/public/bindery.txt");
    let list = std::fs::read_to_string(list).expect("it is there");
    list.lines().filter_map(public_method).collect()
}

fn public_method(line: &str) -> Option<String> {
    let function = line.strip_prefix("pub fn bindery::")?;
    let (of, rest) = function.split_once(">::")?;
    let end = rest.find(['<', '('])?;
    let (ty, _) = of.split_once('<')?;
    let takes_connection = rest.contains("bindery::Connection<E>");
    let ty = match ty {
        "Repository" | "relation::Through" => ty,
        "Connection" if rest.starts_with("load") => ty,
        _ if takes_connection && (ty.starts_with("relation::") || ty == "Column") => ty,
        _ => return None,
    };
    let ty = ty.trim_start_matches("relation::");
    Some(format!("{ty}::{}", &rest[..end]))
}

/// Methods of the model `Order`, which has each kind of key and of relation: those of its rows and of its unique keys.
fn generated_methods() -> BTreeSet<String> {
    let (_, code) = bindery_cases::CODE
        .iter()
        .find(|(name, _)| *name == "cluster")
        .expect("the case is there");
    let file = syn::parse_file(code).expect("it is Rust");
    let module = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "orders" => module.content.as_ref(),
        _ => None,
    });
    let (_, items) = module.expect("the model has a module");
    items.iter().flat_map(methods_of).collect()
}

fn methods_of(item: &Item) -> Vec<String> {
    match item {
        Item::Trait(queries) => {
            let functions = queries.items.iter().filter_map(|item| match item {
                TraitItem::Fn(function) => Some(function.sig.ident.to_string()),
                _ => None,
            });
            functions.collect()
        }
        Item::Impl(item) if item.trait_.is_none() && is_row(&item.self_ty) => {
            let functions = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
                    Some(format!("Order::{}", function.sig.ident))
                }
                _ => None,
            });
            functions.collect()
        }
        _ => Vec::new(),
    }
}

fn is_row(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.iter().all(|part| part.ident == "Order"),
        _ => false,
    }
}
