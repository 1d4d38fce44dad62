//! One program for two schemas that differ in the order of their lines: it stores the same rows.

use bindery::types::NaiveDate;
use bindery::{Config, Dialect};
use bindery_testkit::{fresh_mysql, fresh_postgres};

use crate::{exchanged, required as by_name};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).expect("a day of January")
}

macro_rules! program {
    ($name:ident, $schema:ident) => {
        /// Stores a row of each table, and returns their values by the names of the columns.
        fn $name(config: &Config, engine: &str) -> bindery::Result<Vec<String>> {
            use $schema::*;
            let db = Databases::with_config(config)?;
            let engine: engine::Any = engine.parse()?;
            db.create_missing_on(engine)?;
            let mut c = db.on(engine)?;
            let ann = NewPerson::new(person::Required {
                first_name: "Ann".into(),
                last_name: "Lee".into(),
            });
            let ann = c.people().insert(ann.nick("a"))?;
            let bob = NewPerson::new(person::Required {
                last_name: "Ray".into(),
                first_name: "Bob".into(),
            });
            let bob = c.people().insert(bob)?;
            c.members().insert(NewMember::new(bob.id))?;
            let transfer = NewTransfer::new(transfer::Required {
                giver: ann.id,
                taker: bob.id,
                amount: 5,
            });
            let transfer = c.transfers().insert(transfer)?;
            let measure = c.measures().insert(NewMeasure::new(measure::Required {
                width: 1,
                height: 2,
                low: 0.5,
                high: 1.5,
                checked: true,
                valid: false,
                seen: day(3),
                due: day(4),
            }))?;
            let required = c.required().insert(NewRequired::new(required::Required_ {
                required: "yes".into(),
                r#type: "text".into(),
            }))?;
            let row: &required::Required<_> = &required;
            let visit = NewVisit::new(ann.id, "to talk", 2, day(5));
            let visit = c.visits().insert(visit)?;
            Ok(vec![
                format!("{} {} {:?}", ann.first_name, ann.last_name, ann.nick),
                format!("{} {} {:?}", bob.first_name, bob.last_name, bob.nick),
                format!("{} {}", transfer.giver == ann.id, transfer.taker == bob.id),
                format!(
                    "{} {} {} {}",
                    measure.width, measure.height, measure.low, measure.high
                ),
                format!("{} {}", measure.checked, measure.valid),
                format!("{} {}", measure.seen, measure.due),
                format!("{} {}", row.required, row.r#type),
                format!("{} {} {}", visit.why, visit.hours, visit.day),
            ])
        }
    };
}

program!(stored, by_name);
program!(stored_by_exchanged_lines, exchanged);

fn stores_the_same(dialect: Dialect) -> bindery::Result<()> {
    let databases = || match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => fresh_postgres(),
        Dialect::Mysql => fresh_mysql(),
    };
    let rows = |stored: fn(&Config, &str) -> bindery::Result<Vec<String>>| {
        let database = databases();
        let engine = match dialect {
            Dialect::Sqlite => "default",
            Dialect::Postgres => "p",
            Dialect::Mysql => "m",
        };
        let url = match &database {
            Some(database) => database.url().to_string(),
            None if dialect == Dialect::Sqlite => "sqlite::memory:".to_owned(),
            None => return Ok(None),
        };
        let absent = [
            ("default", "sqlite::memory:"),
            ("p", "postgres://nobody@localhost/nothing"),
            ("m", "mysql://nobody@localhost/nothing"),
        ];
        let urls = absent.map(|(name, other)| (name, if name == engine { &url } else { other }));
        let config = urls.iter().fold(Config::new(), |config, (name, url)| {
            config.engine(*name, url.to_string())
        });
        stored(&config, engine).map(Some)
    };
    let expected = [
        "Ann Lee Some(\"a\")",
        "Bob Ray None",
        "true true",
        "1 2 0.5 1.5",
        "true false",
        "2026-01-03 2026-01-04",
        "yes text",
        "to talk 2 2026-01-05",
    ];
    for stored in [stored as fn(&_, &_) -> _, stored_by_exchanged_lines] {
        if let Some(rows) = rows(stored)? {
            assert_eq!(rows, expected);
        }
    }
    Ok(())
}

#[test]
fn lines_that_are_exchanged_exchange_no_data_on_sqlite() -> bindery::Result<()> {
    stores_the_same(Dialect::Sqlite)
}

#[test]
fn lines_that_are_exchanged_exchange_no_data_on_postgres() -> bindery::Result<()> {
    stores_the_same(Dialect::Postgres)
}

#[test]
fn lines_that_are_exchanged_exchange_no_data_on_mysql() -> bindery::Result<()> {
    stores_the_same(Dialect::Mysql)
}
