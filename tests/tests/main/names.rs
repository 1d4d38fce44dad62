//! BAD-02: names of all kinds on real servers. The code is that of the golden case `names`.

use bindery::{Config, Connection, Engine, Hosts};
use bindery_cases::names::{
    Databases, NewOption, NewOrderDétail, NewSelect, NewString, OrderDétailPatch, Tables, model,
    select,
};
use bindery_testkit::{Product, fresh_mysql, fresh_postgres, mysql_flavour};

/// Everything under odd names is written, found by key, changed and deleted.
fn round_trip<E>(c: &mut Connection<E>) -> bindery::Result<()>
where
    E: Engine
        + Hosts<model::Select>
        + Hosts<model::OrderDétail>
        + Hosts<model::Option>
        + Hosts<model::String>,
{
    let chosen = c.select().insert(NewSelect::new(select::Required {
        self_: 1,
        crate_: 2,
    }))?;
    assert_eq!(
        (chosen.self_, chosen.crate_, chosen.order.as_str()),
        (1, 2, "it's")
    );

    let detail = c
        .order_détails()
        .insert(NewOrderDétail::new().it_s(7).r(8))?;
    let changes = OrderDétailPatch {
        x_drop_table_select: Some(Some(9)),
        ..OrderDétailPatch::default()
    };
    assert!(c.order_détails().update(detail.id, changes)?);
    let stored = c.order_détails().get(detail.id)?;
    assert_eq!(
        (
            stored.it_s,
            stored.r,
            stored.x_drop_table_select,
            stored.fn_main
        ),
        (Some(7), Some(8), Some(9), None)
    );

    let option = c.option().insert(NewOption::new(1, chosen.r#type))?;
    assert_eq!(option.result, chosen.r#type);
    let text = c
        .string()
        .insert(NewString::new("'; DROP TABLE \"select\"; --"))?;
    assert_eq!(c.string().find(text.string.clone())?, Some(text));
    assert!(c.option().delete(option.some)?);
    assert!(c.select().delete(chosen.r#type)?);
    assert_eq!(c.select().count()?, 0);
    Ok(())
}

/// One engine of the program at `url`; the others at addresses that are never queried.
fn open(engine: &str, url: &str) -> bindery::Result<Databases> {
    let nowhere = [
        ("default", "sqlite::memory:"),
        ("p", "postgres://127.0.0.1/unused"),
        ("m", "mysql://127.0.0.1/unused"),
        ("proper", "mysql://127.0.0.1/unused"),
    ];
    let at = |(name, unused)| (name, if name == engine { url } else { unused });
    let config = nowhere
        .map(at)
        .into_iter()
        .fold(Config::new(), |config, (name, url)| {
            config.engine(name, url)
        });
    let db = Databases::with_config(&config)?;
    db.create_missing_on(engine.parse::<bindery_cases::names::engine::Any>()?)?;
    Ok(db)
}

/// Covers BAD-02, COMP-4.
#[test]
fn bad_02_names_on_sqlite() -> bindery::Result<()> {
    round_trip(&mut open("default", "sqlite::memory:")?.default()?)
}

/// Covers BAD-02, COMP-4.
#[test]
fn bad_02_names_on_postgres() -> bindery::Result<()> {
    let Some(server) = fresh_postgres() else {
        return Ok(());
    };
    round_trip(&mut open("p", &server.url())?.p()?)
}

/// Covers BAD-02, COMP-4.
#[test]
fn bad_02_names_on_mariadb() -> bindery::Result<()> {
    let Some(server) = fresh_mysql() else {
        return Ok(());
    };
    match mysql_flavour() {
        Product::MySql => round_trip(&mut open("proper", &server.url())?.proper()?),
        Product::MariaDb | Product::Postgres => round_trip(&mut open("m", &server.url())?.m()?),
    }
}
