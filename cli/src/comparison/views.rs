//! Queries of views as MySQL and MariaDB keep them: names in quotes with their table, keywords in lower case, some functions and
//! operators written as others. What cannot come of that is a difference.

use std::collections::{BTreeMap, BTreeSet};

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Structure, ViewShape, normal_expression};

/// Keywords that the server keeps, however it writes the rest.
const KEPT: [&str; 6] = ["where", "group", "order", "having", "limit", "union"];
const COMPARED: [&str; 4] = ["<", ">", "<=", ">="];

/// Whether both queries say something else, whatever the server has rewritten.
pub(super) fn are_different(found: &ViewShape, expected: &ViewShape, tables: &Structure) -> bool {
    let (one, other) = (Query::of(&found.query), Query::of(&expected.query));
    let columns = columns_read(expected, tables);
    one.texts != other.texts
        || one.numbers != other.numbers && !other.has_places()
        || one.keywords != other.keywords
        || !other.has_free_not && (one.nots != other.nots || one.comparisons != other.comparisons)
        || !other.has_all && one.names_among(&columns) != other.names_among(&columns)
}

/// The columns of the tables that a view reads.
fn columns_read(view: &ViewShape, structure: &Structure) -> BTreeSet<String> {
    let tables = view.reads.iter().filter_map(|name| structure.table(name));
    let columns = tables.flat_map(|table| &table.columns);
    columns.map(|column| column.name.to_lowercase()).collect()
}

/// The parts of a query that the server keeps.
#[derive(Debug, Default)]
struct Query {
    texts: BTreeSet<String>,
    /// But for 0 and 1, which stand for other things.
    numbers: BTreeSet<String>,
    names: BTreeSet<String>,
    keywords: BTreeMap<String, usize>,
    comparisons: BTreeSet<String>,
    nots: usize,
    /// A `NOT` before a condition, in whose place the server may write the opposite one.
    has_free_not: bool,
    /// `*` in place of names.
    has_all: bool,
}

impl Query {
    fn of(sql: &str) -> Self {
        let normal = normal_expression(sql, Dialect::Mysql);
        let words: Vec<&str> = normal.split_whitespace().collect();
        let mut query = Self::default();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).copied().unwrap_or_default();
            let last = at.checked_sub(1).map_or("", |at| words[at]);
            query.take(word, (last, next));
        }
        query
    }

    fn take(&mut self, word: &str, (last, next): (&str, &str)) {
        if word.starts_with('\'') {
            self.texts.insert(word.to_owned());
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            if !matches!(word, "0" | "1") {
                self.numbers.insert(word.to_owned());
            }
        } else if word == "not" {
            self.nots += 1;
            let is_part =
                last == "is" || matches!(next, "in" | "like" | "between" | "exists" | "regexp");
            self.has_free_not |= !is_part;
        } else if word == "!" {
            self.has_free_not = true;
        } else if COMPARED.contains(&word) {
            self.comparisons.insert(word.to_owned());
        } else if word == "*" && matches!(last, "select" | "." | "," | "distinct") {
            self.has_all = true;
        } else if KEPT.contains(&word) {
            *self.keywords.entry(word.to_owned()).or_default() += 1;
        } else {
            self.names.insert(word.to_owned());
        }
    }

    fn names_among(&self, columns: &BTreeSet<String>) -> BTreeSet<&String> {
        let names = self.names.iter();
        names.filter(|name| columns.contains(*name)).collect()
    }

    /// `GROUP BY 2` may be written as the column.
    fn has_places(&self) -> bool {
        self.keywords.contains_key("group") || self.keywords.contains_key("order")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differ(found: &str, expected: &str) -> bool {
        let schema = "CREATE TABLE `items` (`id` bigint NOT NULL PRIMARY KEY, `name` varchar(40), `size` int, `gone_at` datetime);\n";
        let read = |query: &str| {
            let text = format!("{schema}CREATE VIEW `v` AS {query};\n");
            Structure::read(&text, Dialect::Mysql, None).expect("a schema")
        };
        let (found, expected) = (read(found), read(expected));
        are_different(&found.views[0], &expected.views[0], &expected)
    }

    #[test]
    fn a_view_of_mysql_is_the_same_however_the_server_writes_it() {
        for (found, expected) in [
            (
                "select `items`.`id` AS `id`,`items`.`name` AS `name` from `items` where `items`.`gone_at` is null",
                "SELECT id, name FROM items WHERE gone_at IS NULL",
            ),
            (
                "select `items`.`size` AS `size`,count(0) AS `n` from `items` group by `items`.`size` order by 2",
                "SELECT size, COUNT(*) AS n FROM items GROUP BY 1 ORDER BY 2",
            ),
            (
                "select `i`.`id` AS `id` from `items` `i` where `i`.`size` >= 5",
                "SELECT i.id FROM items i WHERE NOT (i.size < 5)",
            ),
            (
                "select `items`.`id` AS `id`,`items`.`name` AS `name`,`items`.`size` AS `size`,`items`.`gone_at` AS `gone_at` from `items`",
                "SELECT * FROM items",
            ),
        ] {
            assert!(!differ(found, expected), "{expected}");
        }
    }

    #[test]
    fn a_view_of_mysql_that_says_something_else_is_another() {
        let expected =
            "SELECT id, name FROM items WHERE gone_at IS NULL AND size > 5 AND name = 'a'";
        for found in [
            "select `items`.`id` AS `id`,`items`.`name` AS `name` from `items` where `items`.`gone_at` is not null and `items`.`size` > 5 and `items`.`name` = 'a'",
            "select `items`.`id` AS `id`,`items`.`name` AS `name` from `items` where `items`.`gone_at` is null and `items`.`size` > 6 and `items`.`name` = 'a'",
            "select `items`.`id` AS `id`,`items`.`name` AS `name` from `items` where `items`.`gone_at` is null and `items`.`size` < 5 and `items`.`name` = 'a'",
            "select `items`.`id` AS `id`,`items`.`name` AS `name` from `items` where `items`.`gone_at` is null and `items`.`size` > 5 and `items`.`name` = 'b'",
            "select `items`.`id` AS `id` from `items` where `items`.`gone_at` is null and `items`.`size` > 5",
            "select `items`.`id` AS `id`,`items`.`name` AS `name` from `items` where `items`.`gone_at` is null and `items`.`size` > 5 and `items`.`name` = 'a' limit 9",
        ] {
            assert!(differ(found, expected), "{found}");
        }
    }
}
