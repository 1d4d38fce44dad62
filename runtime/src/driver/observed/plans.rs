//! Plans of statements, for the log: looked up between two calls and outside of transactions, and never by running the
//! statement again (`EXPLAIN ANALYZE`), so that one that fails harms nothing.

use std::sync::Arc;

use bindery_core::dialect::Dialect;

use super::Physical;
use crate::error::Result;
use crate::observe::{WantedPlan, log_plan};
use crate::value::recorded::replay;
use crate::value::{ParamWriter, RowReader};

/// How a database is made to describe a plan, and the columns of its answer that are shown.
struct Explain {
    prefix: &'static str,
    columns: std::ops::Range<usize>,
    /// The columns' names, where a line says nothing without them.
    headings: &'static [&'static str],
    /// The plan holds the values that were bound.
    shows_values: bool,
}

const OF_MARIADB: &[&str] = &[
    "select_type",
    "table",
    "type",
    "possible_keys",
    "key",
    "key_len",
    "ref",
    "rows",
    "Extra",
];
const OF_MYSQL: &[&str] = &[
    "select_type",
    "table",
    "partitions",
    "type",
    "possible_keys",
    "key",
    "key_len",
    "ref",
    "rows",
    "filtered",
    "Extra",
];

fn explain_of(dialect: Dialect, system: &str) -> Explain {
    let of_table = if system == "mariadb" {
        OF_MARIADB
    } else {
        OF_MYSQL
    };
    match dialect {
        Dialect::Sqlite => Explain {
            prefix: "EXPLAIN QUERY PLAN ",
            columns: 3..4,
            headings: &[],
            shows_values: false,
        },
        Dialect::Postgres => Explain {
            prefix: "EXPLAIN ",
            columns: 0..1,
            headings: &[],
            shows_values: true,
        },
        // As a table: the other forms hold conditions with their values.
        Dialect::Mysql => Explain {
            prefix: "EXPLAIN ",
            columns: 1..1 + of_table.len(),
            headings: of_table,
            shows_values: false,
        },
    }
}

impl Physical {
    /// Logs the plans that are wanted, unless a transaction is open: its end is waited for.
    #[cold]
    pub(super) fn log_plans(&mut self) {
        let Some(notes) = self.notes() else { return };
        if self.in_transaction() || self.is_broken() {
            return;
        }
        for wanted in notes.take_plans() {
            self.log_plan(&wanted);
        }
    }

    fn log_plan(&mut self, wanted: &WantedPlan) {
        let Some(watched) = &self.0.watched else {
            return;
        };
        let observer = Arc::clone(&watched.observer);
        let explain = explain_of(self.dialect(), observer.system());
        // The call that is over may have used up its time.
        let until = self.set_until(None);
        let plan = self.plan(&explain, wanted);
        self.set_until(until);
        let Ok(plan) = plan else {
            return;
        };
        let plan = if explain.shows_values && !wanted.logged.with_values {
            without_values(&plan)
        } else {
            plan
        };
        let shown = Some(wanted.sql.as_str()).filter(|_| wanted.is_fixed);
        log_plan(wanted.logged, observer.engine(), shown, &plan);
    }

    fn plan(&mut self, explain: &Explain, wanted: &WantedPlan) -> Result<String> {
        let sql = format!("{}{}", explain.prefix, wanted.sql);
        let mut lines = Vec::new();
        let write = &mut |params: &mut ParamWriter<'_>| replay(&wanted.values, params);
        self.0.driver.query(&sql, write, &mut |row| {
            let mut headings = explain.headings.iter();
            let cells = explain.columns.clone().filter_map(|at| {
                let cell = cell(row, at);
                match headings.next() {
                    Some(heading) => {
                        Some(format!("{heading}={}", cell.as_deref().unwrap_or("NULL")))
                    }
                    None => cell,
                }
            });
            lines.push(cells.collect::<Vec<_>>().join(" "));
            Ok(true)
        })?;
        Ok(lines.join("\n"))
    }
}

/// A cell that holds a text or a number.
fn cell(row: &RowReader<'_>, at: usize) -> Option<String> {
    let text = row.in_order(&[at]).text().ok().map(str::to_owned);
    text.or_else(|| {
        let number = row.in_order(&[at]).i64().ok();
        number.map(|number| number.to_string())
    })
    .or_else(|| {
        let share = row.in_order(&[at]).next::<f64>().ok();
        share.map(|share| share.to_string())
    })
}

/// A plan of PostgreSQL's without the constants of its conditions: `Filter: (name = ?::text)`.
fn without_values(plan: &str) -> String {
    let mut shown = String::with_capacity(plan.len());
    let (mut quote, mut in_condition, mut before) = (None, false, '\n');
    for char in plan.chars() {
        match quote {
            Some(open) => {
                quote = quote.filter(|_| char != open);
                if open == '"' {
                    shown.push(char);
                }
            }
            None if char == '\'' => {
                quote = Some(char);
                // A quote within a text is written twice.
                if before != '\'' {
                    shown.push('?');
                }
            }
            None if char == '"' => {
                quote = Some(char);
                shown.push(char);
            }
            None if in_condition && char.is_ascii_digit() && !is_in_name(&shown) => {
                if !shown.ends_with('?') {
                    shown.push('?');
                }
            }
            None => {
                in_condition = char != '\n' && (in_condition || char == ':');
                shown.push(char);
            }
        }
        before = char;
    }
    shown
}

/// Whether a digit that follows belongs to a name.
fn is_in_name(shown: &str) -> bool {
    let word = shown.rsplit(|char: char| !(char.is_alphanumeric() || char == '_' || char == '$'));
    let word = word.into_iter().next().unwrap_or_default();
    word.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '$')
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn constants_are_hidden_and_costs_are_shown() {
        for (plan, shown) in [
            (
                "Seq Scan on t2  (cost=0.00..1.01 rows=1 width=4)\n  Filter: (name = 'it''s'::text)",
                "Seq Scan on t2  (cost=0.00..1.01 rows=1 width=4)\n  Filter: (name = ?::text)",
            ),
            (
                "  Index Cond: ((id = 4711) AND (x1 = '-1.5'::numeric))\n  ->  Sort  (cost=1.0..2.0)",
                "  Index Cond: ((id = ?) AND (x1 = ?::numeric))\n  ->  Sort  (cost=1.0..2.0)",
            ),
            (
                "  Filter: (\"it's\" = 'two\nlines 12')\n  Sort Key: a.b2, (c + 15)",
                "  Filter: (\"it's\" = ?)\n  Sort Key: a.b2, (c + ?)",
            ),
            ("  Filter: (a = 1.5)", "  Filter: (a = ?.?)"),
            ("  Filter: (a_12b3 = $1)", "  Filter: (a_12b3 = $1)"),
        ] {
            assert_eq!(without_values(plan), shown);
        }
    }
}
