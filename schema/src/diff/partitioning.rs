//! Partitions of a table of MySQL and MariaDB, which are no tables of their own: how rows are divided, and the parts by their names.

use crate::dialect::Dialect;
use crate::syntax::canonical::{Piece, PieceKind, pieces};

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
    pub(super) fn read(option: &str) -> Option<Self> {
        let pieces = pieces(option, Dialect::Mysql);
        let is_it = pieces.len() > 2 && pieces[0].is("partition") && pieces[1].is("by");
        is_it.then(|| Self::of(&pieces, option))
    }

    fn of(pieces: &[Piece], written: &str) -> Self {
        let is_list = |at: &usize| pieces[*at].is("(") && pieces[*at + 1].is("partition");
        let list = (2..pieces.len().saturating_sub(1)).find(is_list);
        let (head, list) = pieces.split_at(list.unwrap_or(pieces.len()));
        let count = head.iter().position(|piece| piece.is("partitions"));
        // The list has the parts one by one.
        let end = count.filter(|_| !list.is_empty()).unwrap_or(head.len());
        Self {
            method: text(&head[2..end]),
            parts: parts(list),
            written: written.to_owned(),
        }
    }

    /// From `PARTITION BY` on, as it is written.
    pub fn written(&self) -> &str {
        &self.written
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

/// The parts between the parentheses of their list.
fn parts(list: &[Piece]) -> Vec<Part> {
    let mut depth = 0_u32;
    let mut parts: Vec<&[Piece]> = Vec::new();
    let mut first = 1;
    for (at, piece) in list.iter().enumerate() {
        if piece.is("(") {
            depth += 1;
        } else if piece.is(")") {
            depth = depth.saturating_sub(1);
        }
        let ends = depth == 0 || depth == 1 && piece.is(",");
        if ends && at > first {
            parts.push(&list[first..at]);
            first = at + 1;
        }
    }
    parts.into_iter().filter_map(part).collect()
}

/// `PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB`.
fn part(pieces: &[Piece]) -> Option<Part> {
    let name = pieces.get(1)?.text.to_lowercase();
    let rest = &pieces[2..];
    let is_beside = |piece: &Piece| OF_STORAGE.iter().any(|word| piece.is(word));
    let end = rest.iter().position(is_beside).unwrap_or(rest.len());
    let bound = &rest[..end];
    let is_function =
        |piece: &Piece| piece.kind == PieceKind::Word && !OF_BOUNDS.contains(&piece.text.as_str());
    Some(Part {
        name,
        bound: text(bound),
        calls_function: bound.iter().any(is_function),
    })
}

/// Without parentheses, some of which a server adds, and the end of a comment that MySQL writes around it.
fn text(pieces: &[Piece]) -> String {
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
}
