//! A tea shop with two databases: the catalogue on `default`, the orders on `b`, notes on both.
//!
//! `cargo run --example quickstart` needs nothing: both are SQLite files beside `bindery.toml`.
//! With `DATABASE_URL` and `B_DATABASE_URL` the same program runs on PostgreSQL and MySQL or MariaDB.
#![allow(clippy::print_stdout, reason = "it shows what it does")]

use bindery::types::{BigDecimal, NaiveDate};
use bindery::{Connection, Hosts};

bindery::include_schema!();

fn main() -> bindery::Result<()> {
    let db = open()?;
    title("Tables");
    let made = db.create_missing()?;
    for (engine, table) in made.created {
        println!("  {engine:8} {table:12} created");
    }
    for (engine, table) in made.existing {
        println!("  {engine:8} {table:12} exists");
    }

    stock_the_shelves(&db)?;
    ask_for_green_tea(&db)?;
    count_the_shelves(&db)?;
    let order = place_an_order(&db)?;
    show_order(&db, order)?;
    move_a_note(&db)?;
    choose_at_run_time(&db)
}

/// The databases of `bindery.toml` beside this file; SQLite files lie there too.
fn open() -> bindery::Result<Databases> {
    let config = bindery::Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/bindery.toml"))?;
    Databases::with_config(&config)
}

/// Fills the catalogue. Written so that it can run again: what is there stays or is brought up to date.
fn stock_the_shelves(db: &Databases) -> bindery::Result<()> {
    title("The catalogue, on `default`");
    let green = db
        .categories()
        .upsert_by_name(NewCategory::new("Green tea"))?;
    let black = db
        .categories()
        .upsert_by_name(NewCategory::new("Black tea"))?;
    let teas = [
        (
            "SENCHA-01",
            green.id,
            "Sencha Uji",
            "8.90",
            Some((2026, 5, 2)),
        ),
        (
            "GYOKURO-1",
            green.id,
            "Gyokuro Yame",
            "24.50",
            Some((2026, 5, 18)),
        ),
        (
            "DARJ-FF26",
            black.id,
            "Darjeeling First Flush",
            "13.20",
            Some((2026, 3, 21)),
        ),
        ("ASSAM-07", black.id, "Assam Mangalam", "6.40", None),
    ];
    for (sku, category, name, price, harvested) in teas {
        let price: BigDecimal = price.parse().expect("a decimal written above");
        let harvested =
            harvested.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
        db.teas().upsert_by_sku(
            NewTea::new(tea::Required {
                sku: sku.into(),
                category_id: category,
                name: name.into(),
                price,
            })
            .harvested(harvested),
        )?;
    }
    for tea in db.teas().iter()? {
        let tea = tea?;
        let harvested = tea
            .harvested
            .map_or("unknown".to_owned(), |day| day.to_string());
        println!(
            "  {:10} {:24} {:>6} EUR  harvested {harvested}",
            tea.sku,
            tea.name,
            tea.price.with_scale(2).to_string()
        );
    }
    Ok(())
}

/// Columns are typed, also those of the row that a row refers to: another model's, or a text for a price, do not compile.
fn ask_for_green_tea(db: &Databases) -> bindery::Result<()> {
    title("Green tea, the dearest first");
    let dearest = db
        .teas()
        .filter(tea::category_id.to(category::name).eq("Green tea"))
        .filter(tea::in_stock.eq(true))
        .order_by(tea::price.desc())
        .limit(20)
        .all()?;
    for tea in dearest {
        println!(
            "  {:>6} EUR  {}",
            tea.price.with_scale(2).to_string(),
            tea.name
        );
    }
    Ok(())
}

/// A statement of `queries/shelves.sql`, checked with the schema: a column that is misspelt, or a shelf on `b`, does not compile.
fn count_the_shelves(db: &Databases) -> bindery::Result<()> {
    title("Shelves, by a query of one's own");
    for shelf in queries::shelves::in_stock(&mut db.default()?)? {
        println!("  {:>6} teas {}", shelf.teas, shelf.name);
    }
    Ok(())
}

/// An order is written in one transaction of `b`; its lines refer to teas on `default` by typed links.
fn place_an_order(db: &Databases) -> bindery::Result<OrderId> {
    let sencha = db.teas().find_by_sku("SENCHA-01")?.expect("stocked above");
    let assam = db.teas().find_by_sku("ASSAM-07")?.expect("stocked above");
    let mut b = db.b()?;
    b.transaction(|tx| {
        let order = tx.orders().insert(NewOrder::new("Mira Castellanos"))?;
        tx.order_lines().insert_many([
            NewOrderLine::new(order_line::Required {
                order_id: order.id,
                line: 1,
                tea_id: sencha.id,
                grams: 200,
            }),
            NewOrderLine::new(order_line::Required {
                order_id: order.id,
                line: 2,
                tea_id: assam.id,
                grams: 50,
            }),
        ])?;
        Ok(order.id)
    })
}

fn show_order(db: &Databases, order: OrderId) -> bindery::Result<()> {
    title("An order, on `b`");
    let placed = db.orders().get(order)?;
    println!(
        "  order {} by {}, {} of all orders so far",
        placed.id,
        placed.customer,
        db.orders().count()?
    );
    // The lines belong to the order by a foreign key, the teas to the lines by a link: they are loaded where teas live, all by
    // one statement, and one that is gone is reported as such.
    let mut b = db.b()?;
    let lines = placed.order_lines(&mut b);
    let lines = lines.order_by(order_line::line.asc()).all()?;
    let teas = order_line::tea_id.load(&mut db.default()?, &lines)?;
    for (line, tea) in lines.iter().zip(&teas) {
        let name = tea.found().map_or("a tea that is gone", |tea| &tea.name);
        println!("  {:>4} g {name}", line.grams);
    }
    Ok(())
}

/// A model on two engines: the engine is part of the row's type, so nothing lands in the wrong database.
fn move_a_note(db: &Databases) -> bindery::Result<()> {
    title("A note moves from `default` to `b`");
    let mut catalogue = db.default()?;
    let mut orders = db.b()?;
    let note: Note<engine::Default> = catalogue.notes().insert(NewNote::new(note::Required {
        author: "Jonas".into(),
        text: "Mira prefers tins, not bags".into(),
    }))?;
    println!(
        "  before: {} on default, {} on b",
        notes_on(&mut catalogue)?,
        notes_on(&mut orders)?
    );
    let moved: Note<engine::B> = note.copy_as_new_to(&mut orders)?;
    catalogue.notes().delete(note.id)?;
    println!(
        "  after:  {} on default, {} on b ({:?})",
        notes_on(&mut catalogue)?,
        notes_on(&mut orders)?,
        moved.id
    );
    Ok(())
}

/// Works on every engine that hosts notes; for any other it does not compile.
fn notes_on<E: Hosts<model::Note>>(connection: &mut Connection<E>) -> bindery::Result<u64> {
    connection.notes().count()
}

/// Names that come from outside are checked against the engines there are.
fn choose_at_run_time(db: &Databases) -> bindery::Result<()> {
    title("An engine chosen at run time");
    for name in ["default", "b", "archive"] {
        match name.parse::<engine::Any>() {
            Ok(engine) => println!("  {name:8} notes: {}", notes_on(&mut db.on(engine)?)?),
            Err(error) => println!("  {name:8} {error}"),
        }
    }
    let mut orders = db.on("b".parse()?)?;
    if let Err(error) = orders.teas().count() {
        println!("  and teas on b: {error}");
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}");
}
