//! Partitions of a table of MySQL and MariaDB, which are no tables of their own: how rows are divided, and the parts by their names.

use crate::dialect::Dialect;
use crate::syntax::canonical::{Piece, PieceKind, pieces};
use crate::syntax::{Divided, DividedPart};

/// How the rows of a table are divided; compared in one form, whatever a server writes in place of what it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partitioning {
    /// The method with its expression or columns.
    method: String,
    parts: Vec<Part>,
    /// As it stands among the options of its table.
    written: String,
}

/// A part of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: String,
    bound: String,
    /// From `PARTITION` on.
    written: String,
    /// A server keeps its value in place of a function.
    calls_function: bool,
}

/// Words of bounds that are no functions.
const OF_BOUNDS: [&str; 6] = ["values", "less", "than", "in", "maxvalue", "null"];

/// Words that begin what a part has beside its bound.
const OF_STORAGE: [&str; 9] = [
    "engine",
    "storage",
    "comment",
    "data",
    "index",
    "max_rows",
    "min_rows",
    "tablespace",
    "subpartition",
];

impl Partitioning {
    /// Reads an option of a table; `None` where it does not begin with `PARTITION BY`.
    pub(in crate::diff) fn read(option: &str) -> Option<Self> {
        let pieces = pieces(option, Dialect::Mysql);
        let is_it = pieces.len() > 2 && pieces[0].is("partition") && pieces[1].is("by");
        is_it.then(|| Self::of(option))
    }

    fn of(option: &str) -> Self {
        let divided = Divided::read(option);
        let method = pieces(&divided.method, Dialect::Mysql);
        let count = method.iter().position(|piece| piece.is("partitions"));
        // The list has the parts one by one.
        let end = count.filter(|_| !divided.parts.is_empty());
        Self {
            method: normalized_text(&method[2..end.unwrap_or(method.len())]),
            parts: divided.parts.iter().map(Part::new).collect(),
            written: option.to_owned(),
        }
    }

    /// From `PARTITION BY` on, as it is written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The parts that a table that is divided as `self` lacks to be divided as `wanted`, as they are written, where they can come without
    /// the others being written anew: those of ranges come after all others.
    pub(in crate::diff) fn added_parts<'w>(&self, wanted: &'w Self) -> Option<Vec<&'w str>> {
        let new = match self.method.split(' ').next() {
            Some("range") => self.new_ranges(wanted)?,
            Some("list") => self.new_lists(wanted)?,
            _ => return None,
        };
        let is_possible = self.method == wanted.method && !new.is_empty();
        is_possible.then(|| new.iter().map(|part| part.written.as_str()).collect())
    }

    fn new_ranges<'w>(&self, wanted: &'w Self) -> Option<Vec<&'w Part>> {
        let (known, new) = wanted.parts.split_at_checked(self.parts.len())?;
        let mut pairs = known.iter().zip(&self.parts);
        let are_kept = pairs.all(|(one, other)| one.is_same(other));
        are_kept.then(|| new.iter().collect())
    }

    fn new_lists<'w>(&self, wanted: &'w Self) -> Option<Vec<&'w Part>> {
        let has = |parts: &[Part], part: &Part| parts.iter().any(|one| one.is_same(part));
        let mut known = self.parts.iter();
        let are_kept = known.all(|part| has(&wanted.parts, part) && !part.takes_the_rest());
        let new = wanted.parts.iter().filter(|part| !has(&self.parts, part));
        are_kept.then(|| new.collect())
    }

    /// Whether a table that is divided as `self` has all parts of another one, and its method. Parts that only it has are no
    /// difference, as programs make parts while they run. `None` where a bound of `other` is a function, whose value the server keeps.
    pub fn has_all_of(&self, other: &Self) -> Option<bool> {
        let mut is_known = true;
        for part in &other.parts {
            let same = self.parts.iter().find(|one| one.name == part.name);
            match same {
                Some(one) if one.bound == part.bound => {}
                Some(_) if part.calls_function => is_known = false,
                Some(_) | None => return Some(false),
            }
        }
        match self.method == other.method {
            true => is_known.then_some(true),
            false => Some(false),
        }
    }
}

impl Part {
    /// `PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB`.
    fn new(divided: &DividedPart) -> Self {
        let pieces = pieces(&divided.written, Dialect::Mysql);
        let rest = &pieces[2..];
        let is_beside = |piece: &Piece| OF_STORAGE.iter().any(|word| piece.is(word));
        let end = rest.iter().position(is_beside).unwrap_or(rest.len());
        let bound = &rest[..end];
        let is_function = |piece: &Piece| {
            piece.kind == PieceKind::Word && !OF_BOUNDS.contains(&piece.text.as_str())
        };
        Self {
            name: divided.name.clone(),
            bound: bound_text(bound),
            written: divided.written.clone(),
            calls_function: bound.iter().any(is_function),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.bound == other.bound
    }

    /// MariaDB's part for all values that no other one has: they may be in it when another comes.
    fn takes_the_rest(&self) -> bool {
        self.bound == "default"
    }
}

/// A server writes the NULL of a list before its values.
fn bound_text(bound: &[Piece]) -> String {
    let words = normalized_text(bound);
    let is_flat = bound.iter().filter(|piece| piece.is("(")).count() == 1;
    let Some(values) = words.strip_prefix("values in ").filter(|_| is_flat) else {
        return words;
    };
    let (null, others): (Vec<&str>, Vec<&str>) =
        values.split(" , ").partition(|value| *value == "null");
    let values: Vec<&str> = null.into_iter().chain(others).collect();
    format!("values in {}", values.join(" , "))
}

/// Without parentheses, some of which a server adds, and the end of a comment that MySQL writes around it.
fn normalized_text(pieces: &[Piece]) -> String {
    let kept = pieces
        .iter()
        .filter(|piece| !["(", ")", "*/"].iter().any(|sign| piece.is(sign)));
    let words: Vec<&str> = kept.map(|piece| piece.text.as_str()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_all(found: &str, expected: &str) -> Option<bool> {
        let read = |text: &str| Partitioning::read(text).expect("it begins with PARTITION BY");
        read(found).has_all_of(&read(expected))
    }

    const FOUND: &str = "PARTITION BY RANGE (`y`)\n(PARTITION `p0` VALUES LESS THAN (2000) ENGINE = InnoDB,\n PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)";

    #[test]
    fn a_server_writes_parts_in_other_words() {
        let written = "partition by range (y) (partition P0 values less than (2000), partition p1 values less than (maxvalue) comment 'x')";
        assert_eq!(has_all(FOUND, written), Some(true));
        let one = "PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2000))";
        assert_eq!(has_all(FOUND, one), Some(true));
        assert_eq!(
            has_all(
                "PARTITION BY KEY (`id`)\nPARTITIONS 4",
                "PARTITION BY KEY (id) PARTITIONS 4"
            ),
            Some(true)
        );
    }

    #[test]
    fn a_server_writes_null_first() {
        let list = |values: &str| format!("PARTITION BY LIST (y) (PARTITION p VALUES IN {values})");
        assert_eq!(has_all(&list("(NULL,0)"), &list("(0, NULL)")), Some(true));
        assert_eq!(has_all(&list("(1,0)"), &list("(0, 1)")), Some(false));
        let two = |values: &str| list(values).replace("LIST (y)", "LIST COLUMNS (y, z)");
        let [one, other] = ["((0,NULL))", "((NULL,0))"].map(two);
        assert_eq!(has_all(&one, &other), Some(false));
    }

    #[test]
    fn other_parts_and_methods_are_differences() {
        for other in [
            "PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2001), PARTITION p1 VALUES LESS THAN MAXVALUE)",
            "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE)",
            "PARTITION BY RANGE (y) (PARTITION p2 VALUES LESS THAN (2000))",
            "PARTITION BY HASH (y) PARTITIONS 2",
        ] {
            assert_eq!(has_all(FOUND, other), Some(false), "{other}");
        }
        let hash = |count: u8| format!("PARTITION BY HASH (y) PARTITIONS {count}");
        assert_eq!(has_all(&hash(4), &hash(8)), Some(false));
    }

    #[test]
    fn a_function_in_a_bound_is_not_known() {
        let written = "PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (year('2000-01-01')))";
        assert_eq!(has_all(FOUND, written), None);
        assert!(Partitioning::read("ENGINE=InnoDB").is_none());
    }

    fn added(from: &str, to: &str) -> Option<Vec<String>> {
        let read = |text: &str| Partitioning::read(text).expect("it begins with PARTITION BY");
        let (from, to) = (read(from), read(to));
        let added = from.added_parts(&to)?;
        Some(added.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn parts_after_the_last_are_added() {
        let range = |parts: &str| format!("PARTITION BY RANGE (y) ({parts})");
        let [a, b, c] = ["a", "b", "c"]
            .into_iter()
            .zip([10, 20, 30])
            .map(|(name, bound)| format!("PARTITION {name} VALUES LESS THAN ({bound})"))
            .collect::<Vec<_>>()
            .try_into()
            .expect("three");
        let all = range(&format!("{a}, {b}, {c} COMMENT = 'x, (y'"));
        let last = format!("{c} COMMENT = 'x, (y'");
        assert_eq!(added(&range(&a), &all), Some(vec![b.clone(), last.clone()]));
        assert_eq!(added(&range(&format!("{a}, {b}")), &all), Some(vec![last]));
        assert_eq!(added(&all, &all), None);
        assert_eq!(added(&all, &range(&a)), None);
        assert_eq!(added(&range(&b), &all), None);
        assert_eq!(
            added(&range(&a), "PARTITION BY HASH (y) PARTITIONS 3"),
            None
        );
    }

    /// As the server has them after statements that a person wrote.
    #[test]
    fn changes_of_parts_are_read() {
        use crate::diff::{NameRule, Structure, compare_with};
        let table = |parts: &str| {
            let sql = format!(
                "CREATE TABLE t (y int NOT NULL PRIMARY KEY) PARTITION BY RANGE (y) ({parts});\n"
            );
            Structure::read(&sql, Dialect::Mysql, None).expect("a schema")
        };
        let made = table("PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20)");
        let made = made.after(&[
            "ALTER TABLE t ADD PARTITION (PARTITION c VALUES LESS THAN (30), PARTITION `d` VALUES LESS THAN (40))".to_owned(),
            "ALTER TABLE t REORGANIZE PARTITION B, c INTO (PARTITION b1 VALUES LESS THAN (15), PARTITION c1 VALUES LESS THAN (30))".to_owned(),
            "ALTER TABLE t DROP PARTITION IF EXISTS a, x".to_owned(),
        ]);
        let wanted = table(
            "PARTITION b1 VALUES LESS THAN (15), PARTITION c1 VALUES LESS THAN (30), PARTITION d VALUES LESS THAN (40)",
        );
        let changes = compare_with(&made.expect("a schema"), &wanted, NameRule::Given);
        assert!(changes.is_empty(), "{changes:?}");
    }

    #[test]
    fn parts_of_a_list_are_added_unless_one_takes_the_rest() {
        let list = |parts: &str| format!("PARTITION BY LIST (y) ({parts})");
        let a = "PARTITION a VALUES IN (1, 2)";
        let b = "PARTITION b VALUES IN (3)";
        let rest = "PARTITION c DEFAULT";
        let both = list(&format!("{b}, {a}"));
        assert_eq!(added(&list(a), &both), Some(vec![b.to_owned()]));
        let all = list(&format!("{a}, {b}, {rest}"));
        assert_eq!(added(&both, &all), Some(vec![rest.to_owned()]));
        assert_eq!(added(&list(&format!("{a}, {rest}")), &all), None);
        assert_eq!(added(&list("PARTITION a VALUES IN (1)"), &both), None);
    }
}
