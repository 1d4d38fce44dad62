//! Where the text of a query names the tables it reads: after `FROM`, `JOIN` and the commas of a `FROM`.

use crate::ast::{ExpressionPiece, PieceKind};

/// A table in the text of a query: numbers of pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TableMention {
    /// The first piece of its name.
    pub(super) start: usize,
    /// After its name.
    pub(super) end: usize,
    /// The name it goes by.
    pub(super) alias: Option<usize>,
    /// Where the names of its columns begin and end, parentheses included.
    pub(super) columns: Option<(usize, usize)>,
}

impl TableMention {
    /// The last piece of its name, and the schema before it.
    pub(super) fn names(self) -> (usize, Option<usize>) {
        let schema = (self.end > self.start + 1).then(|| self.end - 3);
        (self.end - 1, schema)
    }
}

/// All of them, in order.
pub(super) fn places(tokens: &[ExpressionPiece]) -> Vec<TableMention> {
    let mut walk = Walk {
        tokens,
        at: 0,
        levels: vec![Level::default()],
        found: Vec::new(),
    };
    while walk.at < tokens.len() {
        walk.step();
    }
    walk.found
}

/// The names of all of them without their schemas, in lower case.
pub(super) fn read_names(tokens: &[ExpressionPiece]) -> impl Iterator<Item = String> {
    let places = places(tokens).into_iter();
    places.map(|place| tokens[place.end - 1].text.to_lowercase())
}

/// The state within one pair of parentheses.
#[derive(Default, Clone, Copy)]
struct Level {
    /// A comma is followed by another table.
    lists: bool,
    /// A table comes next.
    expects: bool,
    /// The arguments of a function whose own words are like those of a query: `extract(year FROM a)`.
    arguments: bool,
}

struct Walk<'t> {
    tokens: &'t [ExpressionPiece],
    at: usize,
    levels: Vec<Level>,
    found: Vec<TableMention>,
}

impl Walk<'_> {
    fn step(&mut self) {
        let level = *self.level();
        if self.is_symbol(0, "(") {
            let arguments = self.at > 0 && self.is_word_at(self.at - 1, ARGUMENTS);
            self.levels.push(Level {
                lists: level.expects,
                expects: level.expects,
                arguments,
            });
            self.at += 1;
        } else if self.is_symbol(0, ")") {
            if self.levels.len() > 1 {
                self.levels.pop();
            }
            self.level().expects = false;
            self.at += 1;
        } else if level.expects && !self.is_any(&["LATERAL", "ONLY", "SELECT", "WITH", "VALUES"]) {
            self.level().expects = false;
            self.table();
        } else {
            self.other(level);
        }
    }

    fn other(&mut self, level: Level) {
        let distinct = self.at > 0 && self.is_word_at(self.at - 1, &["DISTINCT"]);
        if self.is_any(&["FROM"]) && !level.arguments && !distinct {
            (self.level().lists, self.level().expects) = (true, true);
        } else if self.is_any(&["JOIN"])
            || (self.is_symbol(0, ",") && level.lists)
            || (self.is_any(&["TABLE"]) && self.begins_query())
        {
            self.level().expects = true;
        } else if self.is_any(ENDS) {
            (self.level().lists, self.level().expects) = (false, false);
        }
        self.at += 1;
    }

    /// `TABLE a` is `SELECT * FROM a`.
    fn begins_query(&self) -> bool {
        let Some(before) = self.at.checked_sub(1) else {
            return true;
        };
        let opens = self.tokens[before].is_symbol("(");
        let sets = ["UNION", "ALL", "DISTINCT", "EXCEPT", "INTERSECT"];
        opens || self.is_word_at(before, &sets)
    }

    /// A table's name and those it goes by.
    fn table(&mut self) {
        let start = self.at;
        if !self.is_name(0) {
            self.at += 1;
            return;
        }
        self.at += 1;
        while self.is_symbol(0, ".") && self.is_name(1) {
            self.at += 2;
        }
        let end = self.at;
        if self.is_symbol(0, "(") {
            return;
        }
        if self.is_symbol(0, "*") {
            self.at += 1;
        }
        let said = self.is_any(&["AS"]);
        self.at += usize::from(said);
        let named = self.is_name(0) && (said || !self.is_any(NO_NAMES));
        let alias = named.then_some(self.at);
        self.at += usize::from(named);
        let columns = if named && self.is_symbol(0, "(") {
            self.list()
        } else {
            None
        };
        self.found.push(TableMention {
            start,
            end,
            alias,
            columns,
        });
    }

    fn list(&mut self) -> Option<(usize, usize)> {
        let start = self.at;
        let closes = |piece: &ExpressionPiece| piece.is_symbol(")");
        let length = self.tokens[start..].iter().position(closes)? + 1;
        self.at = start + length;
        Some((start, start + length))
    }

    fn level(&mut self) -> &mut Level {
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn is_symbol(&self, ahead: usize, symbol: &str) -> bool {
        let piece = self.tokens.get(self.at + ahead);
        piece.is_some_and(|piece| piece.is_symbol(symbol))
    }

    fn is_name(&self, ahead: usize) -> bool {
        let piece = self.tokens.get(self.at + ahead);
        piece.is_some_and(ExpressionPiece::is_name)
    }

    fn is_any(&self, words: &[&str]) -> bool {
        self.is_word_at(self.at, words)
    }

    fn is_word_at(&self, at: usize, words: &[&str]) -> bool {
        let piece = self
            .tokens
            .get(at)
            .filter(|piece| piece.kind == PieceKind::Word);
        piece.is_some_and(|piece| {
            words
                .iter()
                .any(|word| piece.text.eq_ignore_ascii_case(word))
        })
    }
}

const ARGUMENTS: &[&str] = &["EXTRACT", "TRIM", "SUBSTRING", "OVERLAY", "POSITION"];

/// Words after which no comma leads to a table.
const ENDS: &[&str] = &[
    "SELECT",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "WINDOW",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "RETURNING",
];

/// Words after a table that are not a name for it.
const NO_NAMES: &[&str] = &[
    "ON",
    "USING",
    "JOIN",
    "INNER",
    "CROSS",
    "LEFT",
    "RIGHT",
    "FULL",
    "NATURAL",
    "TABLESAMPLE",
    "INDEXED",
    "NOT",
    "WITH",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "WINDOW",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "RETURNING",
];
