//! The statements of the sample's tables, put together from a short description as `bindery-codegen` would write them.

use bindery::__private::{TableSql, UniqueSql};
use bindery::Dialect;

/// One table.
pub struct Spec {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    pub key: &'static [usize],
    /// Columns that every new row gives.
    pub required: &'static [usize],
    pub counted: Option<usize>,
    pub uniques: &'static [&'static [usize]],
}

/// Which text is written: a dialect, and whether an insert returns the row.
#[derive(Clone, Copy)]
pub struct Style {
    pub dialect: Dialect,
    pub returning: bool,
}

impl Spec {
    pub fn sql(&self, style: Style) -> TableSql {
        let writer = Writer { spec: self, style };
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let outside: Vec<usize> = all
            .iter()
            .copied()
            .filter(|at| !self.key.contains(at))
            .collect();
        let list = writer.list(&all);
        let select = format!("SELECT {list} FROM {}", writer.table());
        let by_key = writer.condition(self.key, 0);
        let returning = if style.returning && !self.key.is_empty() {
            format!(" RETURNING {list}")
        } else {
            String::new()
        };
        let order = if self.key.is_empty() {
            String::new()
        } else {
            format!(" ORDER BY {}", writer.list(self.key))
        };
        let save = if self.key.is_empty() || outside.is_empty() {
            String::new()
        } else {
            writer.save(&outside)
        };
        TableSql {
            table: leak(writer.table()),
            columns: writer.names(),
            key: self.key,
            writable: Vec::leak(all.clone()),
            required: self.required,
            counted: self.counted,
            first: leak(format!("{select}{order} LIMIT 1")),
            find: leak(format!("{select} WHERE {by_key}")),
            count: leak(format!("SELECT count(*) FROM {}", writer.table())),
            exists: leak(format!("SELECT 1 FROM {} WHERE {by_key}", writer.table())),
            insert: leak(writer.insert(self.required) + &returning),
            insert_row: leak(writer.insert(&all)),
            returning: leak(returning),
            save: leak(save),
            version: None,
            touched: &[],
            touch: "",
            delete: leak(format!("DELETE FROM {} WHERE {by_key}", writer.table())),
            uniques: writer.uniques(&select),
            references: &[],
            referenced: &[],
            select: leak(select),
        }
    }
}

struct Writer<'s> {
    spec: &'s Spec,
    style: Style,
}

impl Writer<'_> {
    fn quoted(&self, name: &str) -> String {
        match self.style.dialect {
            Dialect::Sqlite | Dialect::Postgres => format!("\"{name}\""),
            Dialect::Mysql => format!("`{name}`"),
        }
    }

    fn table(&self) -> String {
        self.quoted(self.spec.table)
    }

    fn name(&self, column: usize) -> String {
        self.quoted(self.spec.columns[column])
    }

    fn names(&self) -> &'static [&'static str] {
        let names = self.spec.columns.iter().map(|name| leak(self.quoted(name)));
        Vec::leak(names.collect())
    }

    fn placeholder(&self, number: usize) -> String {
        match self.style.dialect {
            Dialect::Postgres => format!("${number}"),
            Dialect::Sqlite | Dialect::Mysql => "?".to_owned(),
        }
    }

    fn list(&self, columns: &[usize]) -> String {
        let names: Vec<String> = columns.iter().map(|&at| self.name(at)).collect();
        names.join(", ")
    }

    fn assignments(&self, columns: &[usize], before: usize) -> Vec<String> {
        let columns = columns.iter().zip(before + 1..);
        columns
            .map(|(&at, number)| format!("{} = {}", self.name(at), self.placeholder(number)))
            .collect()
    }

    fn condition(&self, columns: &[usize], before: usize) -> String {
        self.assignments(columns, before).join(" AND ")
    }

    fn insert(&self, columns: &[usize]) -> String {
        let places: Vec<String> = (1..=columns.len())
            .map(|number| self.placeholder(number))
            .collect();
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.table(),
            self.list(columns),
            places.join(", ")
        )
    }

    fn save(&self, outside: &[usize]) -> String {
        let set = self.assignments(outside, 0).join(", ");
        format!(
            "UPDATE {} SET {set} WHERE {}",
            self.table(),
            self.condition(self.spec.key, outside.len())
        )
    }

    fn uniques(&self, select: &str) -> &'static [UniqueSql] {
        let uniques = self.spec.uniques.iter().map(|columns| UniqueSql {
            columns,
            find: leak(format!("{select} WHERE {}", self.condition(columns, 0))),
        });
        Vec::leak(uniques.collect())
    }
}

fn leak(text: String) -> &'static str {
    String::leak(text)
}
