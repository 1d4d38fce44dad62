//! Many customers at a time, while a database server crashes and comes back: what is stored is what the responses say.
//!
//! The databases are of the kinds that `DATABASE_URL` and `B_DATABASE_URL` named when the program was compiled; servers are started for
//! this test alone. Two SQLite files have no server to kill.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use bindery_testkit::{FreshDatabase, Server, Shutdown, Watchdog};

use crate::shop::Shop;

const CUSTOMERS: usize = 64;
/// More than can be sold.
const STOCK: u64 = 1_000_000;

/// A database for the program, on a server of its own where there is one.
struct Place {
    url: String,
    server: Option<(FreshDatabase, Server)>,
}

impl Place {
    /// Of the kind that the URL has which the program was compiled for; `None` without such a server.
    fn like(compiled: Option<&str>, file: String) -> Option<Self> {
        let options = match compiled.and_then(|url| url.split(':').next()) {
            Some("postgres" | "postgresql") => Server::postgres(),
            Some("mysql" | "mariadb") => Server::mysql(),
            _ => {
                let url = format!("sqlite://{file}");
                return Some(Self { url, server: None });
            }
        };
        let server = options.durable(true).start_or_skip()?;
        let database = server.fresh_database().expect("the server is empty");
        // Scheme and product go together: the one that was compiled is kept.
        let scheme = compiled
            .and_then(|url| url.split(':').next())
            .unwrap_or_default();
        let url = database.url();
        let url = url
            .split_once(':')
            .map_or(String::new(), |(_, rest)| format!("{scheme}:{rest}"));
        Some(Self {
            url,
            server: Some((database, server)),
        })
    }

    /// Crashes, and comes back; nothing happens to a file.
    fn crash(&mut self) {
        if let Some((_, server)) = &mut self.server {
            server.go_down(Shutdown::Crash);
            thread::sleep(Duration::from_millis(500));
            server.come_back().expect("it starts again");
        }
    }
}

/// The number of responses by what they say of their order.
#[derive(Default)]
struct Answers {
    placed: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
}

impl Answers {
    fn placed(&self) -> u64 {
        self.placed.load(Ordering::SeqCst)
    }
}

#[test]
fn stored_rows_are_those_of_the_responses_while_servers_crash() {
    let _watchdog = Watchdog::start("servers crash under load", Duration::from_secs(300));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = |name| folder.path().join(name).display().to_string();
    let products = Place::like(option_env!("DATABASE_URL"), file("products.db"));
    let orders = Place::like(option_env!("B_DATABASE_URL"), file("orders.db"));
    let (Some(mut products), Some(mut orders)) = (products, orders) else {
        return;
    };
    let shop = Shop::start(&[
        ("DATABASE_URL", products.url.clone()),
        ("B_DATABASE_URL", orders.url.clone()),
    ]);
    let product = format!(r#"{{"name": "Sencha", "stock": {STOCK}}}"#);
    assert_eq!(shop.send("/products", Some(&product)).0, 201);

    let (answers, is_over) = (Answers::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        for customer in 0..CUSTOMERS {
            let (shop, answers, is_over) = (&shop, &answers, &is_over);
            scope.spawn(move || buy(shop, customer, answers, is_over));
        }
        for place in [&mut products, &mut orders] {
            is_at_work(&answers);
            place.crash();
        }
        is_at_work(&answers);
        is_over.store(true, Ordering::SeqCst);
    });
    is_true(&shop, &answers);
}

/// Waits for as many orders again as there are customers.
fn is_at_work(answers: &Answers) {
    let enough = answers.placed() + CUSTOMERS as u64;
    while answers.placed() < enough {
        thread::sleep(Duration::from_millis(5));
    }
}

/// Orders one after the other.
fn buy(shop: &Shop, customer: usize, answers: &Answers, is_over: &AtomicBool) {
    let order = format!(r#"{{"customer": "{customer}", "product_id": 1, "quantity": 1}}"#);
    while !is_over.load(Ordering::SeqCst) {
        let (status, body) = shop.send("/orders", Some(&order));
        let counter = match status {
            201 => &answers.placed,
            409 | 503 => &answers.refused,
            500 => &answers.unknown,
            _ => panic!("{status}: {body}"),
        };
        counter.fetch_add(1, Ordering::SeqCst);
        if status != 201 {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A 201 is stored on both databases and a 503 on neither; a 500 is what was lost while it was committed.
fn is_true(shop: &Shop, answers: &Answers) {
    let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
    let (placed, unknown) = (answers.placed(), count(&answers.unknown));
    let said = format!(
        "{placed} placed, {} refused, {unknown} unknown",
        count(&answers.refused)
    );
    let (status, orders) = shop.send("/orders", None);
    assert_eq!(status, 200, "{orders}");
    let orders: u64 = orders.parse().expect("a number");
    let (status, product) = shop.send("/products/1", None);
    assert_eq!(status, 200, "{product}");
    let left = product
        .rsplit(':')
        .next()
        .map(|left| left.trim_end_matches('}'));
    let left: u64 = left.and_then(|left| left.parse().ok()).expect("a number");
    let may_be = placed..=placed + unknown;
    assert!(may_be.contains(&orders), "{orders} orders; {said}");
    assert!(
        may_be.contains(&(STOCK - left)),
        "{} taken; {said}",
        STOCK - left
    );
}
