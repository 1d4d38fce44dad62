//! Clauses of SQLite alone.

use super::cursor::Read;
use super::reader::Reader;
use super::tree::JoinKind;
use crate::ast::name::Name;

impl Reader<'_> {
    /// The words before `JOIN` in any order, up to three of them (SQLite's function `sqlite3JoinType`).
    pub(super) fn join_words(&mut self) -> Read<(bool, JoinKind, bool)> {
        let words = [
            "NATURAL", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "OUTER",
        ];
        let mut has = [false; 7];
        let mut count = 0;
        while let Some(at) = words.iter().position(|word| self.is_word(0, word)) {
            count += 1;
            if count > 3 {
                return Err(self.unexpected("`JOIN`"));
            }
            self.advance(1);
            has[at] = true;
        }
        let [natural, left, right, full, inner, cross, outer] = has;
        let is_outer = left || right || full;
        if (outer && !is_outer) || (is_outer && (inner || cross)) {
            return Err(self.unexpected("`JOIN` behind words that go together"));
        }
        self.expect(&["JOIN"])?;
        let kind = match (left || full, right || full) {
            (true, true) => JoinKind::Full,
            (true, false) => JoinKind::Left,
            (false, true) => JoinKind::Right,
            (false, false) => JoinKind::Inner,
        };
        Ok((natural, kind, cross))
    }

    /// `INDEXED BY a`, `NOT INDEXED`.
    pub(super) fn index(&mut self) -> Read<Option<Name>> {
        if self.eat(&["INDEXED", "BY"]) {
            return self.own_name("an index").map(Some);
        }
        self.eat(&["NOT", "INDEXED"]);
        Ok(None)
    }
}
