//! The project that is measured: two tables on three engines, and their rows, the same in each run.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::Failure;

/// Tables of a shop. One index, which serves the foreign key too, as MariaDB would make one otherwise.
const SCHEMA: &str = "\
-- @dialect postgres

-- @engines default, postgres, mysql
CREATE TABLE customers (
  id BIGINT PRIMARY KEY,
  name VARCHAR(80) NOT NULL
);

-- @engines default, postgres, mysql
CREATE TABLE orders (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  quantity INTEGER NOT NULL,
  status VARCHAR(20) NOT NULL,
  amount NUMERIC(12, 2) NOT NULL,
  discount NUMERIC(5, 2),
  note TEXT,
  ordered_at TIMESTAMP NOT NULL,
  shipped_at TIMESTAMP
);
CREATE INDEX orders_by_customer ON orders (customer_id);
";

/// The rows of `customers` for each of `orders`.
const ORDERS_OF_A_CUSTOMER: u64 = 100;
const STATES: [&str; 5] = ["new", "paid", "packed", "shipped", "returned, refunded"];
const WORDS: [&str; 8] = [
    "please", "leave", "it", "\"at\"", "the", "door", "grün", "soon",
];

/// A folder with the schema, its configuration and a file of rows for each table.
pub(in crate::bench) struct Project {
    pub(in crate::bench) folder: PathBuf,
}

impl Project {
    pub(in crate::bench) fn create(
        folder: PathBuf,
        rows: u64,
        urls: &[String; 3],
    ) -> Result<Self, Failure> {
        fs::create_dir_all(&folder)?;
        let [sqlite, postgres, mysql] = urls;
        let config =
            format!("url = {sqlite:?}\n\n[engines]\npostgres = {postgres:?}\nmysql = {mysql:?}\n");
        fs::write(folder.join("bindery.toml"), config)?;
        fs::write(folder.join("schema.sql"), SCHEMA)?;
        let customers = rows.div_ceil(ORDERS_OF_A_CUSTOMER);
        write_customers(&folder.join("customers.csv"), customers)?;
        write_orders(&folder.join("orders.csv"), rows, customers)?;
        Ok(Self { folder })
    }
}

fn write_customers(path: &Path, rows: u64) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "id,name")?;
    for id in 1..=rows {
        writeln!(out, "{id},customer number {id}")?;
    }
    Ok(out.flush()?)
}

fn write_orders(path: &Path, rows: u64, customers: u64) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut random = Random(1);
    writeln!(
        out,
        "id,customer_id,quantity,status,amount,discount,note,ordered_at,shipped_at"
    )?;
    let mut line = String::new();
    for id in 1..=rows {
        line.clear();
        order(&mut line, id, customers, &mut random)?;
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

fn order(line: &mut String, id: u64, customers: u64, random: &mut Random) -> Result<(), Failure> {
    let customer = 1 + random.below(customers);
    let (quantity, status) = (random.below(50), STATES[random.place(STATES.len())]);
    let amount = random.below(10_000_000);
    write!(
        line,
        "{id},{customer},{quantity},\"{status}\",{}.{:02},",
        amount / 100,
        amount % 100
    )?;
    if random.below(4) == 0 {
        write!(line, "{}.5", random.below(90))?;
    }
    line.push(',');
    if random.below(2) == 0 {
        let words = (0..3 + random.below(10)).map(|_| WORDS[random.place(WORDS.len())]);
        let note = words.collect::<Vec<_>>().join(" ").replace('"', "\"\"");
        write!(line, "\"{note}\"")?;
    }
    line.push(',');
    moment(line, random)?;
    line.push(',');
    if random.below(3) > 0 {
        moment(line, random)?;
    }
    Ok(())
}

fn moment(line: &mut String, random: &mut Random) -> Result<(), Failure> {
    let (month, day) = (1 + random.below(12), 1 + random.below(28));
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let year = 2020 + random.below(6);
    let micros = random.below(1_000_000);
    write!(
        line,
        "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}"
    )?;
    Ok(())
}

/// Numbers that are the same in each run (Knuth's multiplier, the upper bits).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}
