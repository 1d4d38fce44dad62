//! Tenants with shards: a set of each tenant's own, or one that all share.

use bindery::tenants::{TenantOptions, Tenants};
use bindery::{Config, ErrorKind};
use bindery_cases::shards::{Databases, NewOrder, Tables as _, engine, order};

/// A program whose databases are files of this folder.
fn program(folder: &std::path::Path) -> Databases {
    let config = ["default", "s0", "s1"]
        .iter()
        .fold(Config::new(), |config, name| {
            config.engine(*name, format!("sqlite://{}/{name}.db", folder.display()))
        });
    let db = Databases::with_config(&config).expect("the configuration is good");
    db.create_missing().expect("tables can be made");
    db
}

fn new(tenant_id: i64) -> NewOrder {
    NewOrder::new(order::Required { tenant_id, id: 1 })
}

/// Covers REG-05, REG-06: each tenant has a map and shards of its own; a key is looked for on those alone.
#[test]
fn reg_06_a_tenant_has_a_set_of_shards_of_its_own() -> bindery::Result<()> {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let db = program(folder.path());
    let tenants = Tenants::builder(&db)
        .per_tenant(engine::Default)
        .per_tenant(engine::S0)
        .per_tenant(engine::S1)
        .create_files(true)
        .build()?;
    let options = |id: &str| {
        let url = |name: &str| format!("sqlite://{}/{id}-{name}.db", folder.path().display());
        let names = ["default", "s0", "s1"].into_iter();
        names.fold(TenantOptions::new(), |options, name| {
            options.engine(name, url(name))
        })
    };
    let [acme, globex] =
        ["acme", "globex"].map(|id| tenants.get(id, || options(id)).expect("it is opened"));
    for tenant in [&acme, &globex] {
        tenant.create_missing()?;
    }
    // All of one tenant are on one shard, the other's are divided, and the program's own map has none.
    acme.customers_shards()
        .assign(0..1024, engine::CustomersShard::S1)?;
    globex.customers_shards().divide()?;
    for tenant_id in 0..50 {
        acme.customers_shard(tenant_id)?
            .orders()
            .insert(new(tenant_id))?;
        globex.session(|s| {
            let shards = globex.customers_shards();
            shards
                .connect_in(s, tenant_id)?
                .orders()
                .insert(new(tenant_id))
        })?;
        let error = db.customers_shard(tenant_id).map(drop).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoShard { .. }), "{error}");
    }
    assert_eq!(
        (acme.s0()?.orders().count()?, acme.s1()?.orders().count()?),
        (0, 50)
    );
    let (first, second) = (
        globex.s0()?.orders().count()?,
        globex.s1()?.orders().count()?,
    );
    assert!(
        first > 0 && second > 0 && first + second == 50,
        "{first} {second}"
    );
    assert_eq!(db.s0()?.orders().count()? + db.s1()?.orders().count()?, 0);
    Ok(())
}

/// Covers REG-05, REG-06: a map that is another's than the rows would say where they are not.
#[test]
fn reg_06_a_tenant_has_all_of_a_set_or_none() -> bindery::Result<()> {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let db = program(folder.path());
    let refused = Tenants::builder(&db).per_tenant(engine::S1).build();
    let error = refused
        .map(drop)
        .expect_err("the map and a shard are shared");
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error}");
    let said = "each tenant has s1 of its own, and all share default, s0";
    assert!(error.to_string().contains(said), "{error}");
    let refused = Tenants::builder(&db)
        .per_tenant(engine::S0)
        .per_tenant(engine::S1)
        .build();
    assert!(refused.is_err(), "the map is shared");
    Ok(())
}
