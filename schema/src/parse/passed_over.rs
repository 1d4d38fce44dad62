//! Statements that are passed over: the little that is kept of them, and the doubts whether they should be read.

use super::{FileReader, kind, split};
use crate::diagnostic::Diagnostic;
use crate::findings::unreadable;
use crate::lists::IntoVec as _;
use crate::name;
use crate::syntax::{Problem, shortened};
use split::RawStatement;

impl FileReader<'_> {
    /// The words at the beginning of a statement that is passed over, names without their quotes.
    fn first_words(&self, statement: &RawStatement) -> Vec<String> {
        let pieces = self.cursor(statement).pieces().take(40);
        let words = pieces.map(|piece| piece.trim_matches(['"', '`', '[', ']']).to_lowercase());
        words.into_vec()
    }

    /// The configuration that `CREATE TEXT SEARCH CONFIGURATION` makes, or that `ALTER …` names anew, without its schema.
    pub(super) fn text_search(&self, statement: &RawStatement) -> Option<String> {
        let words = self.first_words(statement);
        let words: Vec<&str> = words.iter().map(String::as_str).into_vec();
        match words.as_slice() {
            [
                "create",
                "text",
                "search",
                "configuration",
                _,
                ".",
                name,
                ..,
            ]
            | ["create", "text", "search", "configuration", name, ..]
            | [
                "alter",
                "text",
                "search",
                "configuration",
                ..,
                "rename",
                "to",
                name,
            ] => Some((*name).to_owned()),
            _ => None,
        }
    }

    /// The view and the events of `CREATE TRIGGER a INSTEAD OF INSERT ON v`, `CREATE RULE a AS ON INSERT TO v DO INSTEAD …`.
    pub(super) fn stood_in(&self, statement: &RawStatement) -> Vec<(String, String)> {
        let words = self.first_words(statement);
        let has = |word: &str| words.iter().any(|one| one == word);
        let before = match (has("trigger"), has("rule")) {
            (true, _) => "on",
            (false, true) => "to",
            (false, false) => return Vec::new(),
        };
        let Some(at) = words
            .iter()
            .position(|word| word == before)
            .filter(|_| has("instead"))
        else {
            return Vec::new();
        };
        let is_qualified = words.get(at + 2).is_some_and(|word| word == ".");
        let Some(view) = words.get(if is_qualified { at + 3 } else { at + 1 }) else {
            return Vec::new();
        };
        let events = words[..at].iter();
        let events = events.filter(|word| ["insert", "update", "delete"].contains(&word.as_str()));
        events.map(|event| (view.clone(), event.clone())).into_vec()
    }

    pub(super) fn too_deep(&mut self, statement: &RawStatement) {
        let Some(token) = statement.too_deep else {
            return;
        };
        let (limit, kind) = (split::DEPTH_LIMIT, self.cursor(statement).statement_kind());
        let span = self.span(token.start, token.end);
        let (message, help) = if &self.text[token.start as usize..token.end as usize] == "(" {
            let message = format!("parentheses nest deeper than {limit} levels in this `{kind}`");
            (message, "write it with fewer parentheses")
        } else {
            let message =
                format!("more than {limit} operators stand before one value in this `{kind}`");
            (
                message,
                "write it with one operator or none: two of them undo each other",
            )
        };
        let finding = Diagnostic::error("B0005", message).at(span, "one too deep");
        self.diagnostics.push(finding.help(help));
    }

    /// Reports a table within a piece that is passed over, which would be lost in silence.
    pub(super) fn swallowed_table(&self, statement: &RawStatement, kind: &str) -> Option<Problem> {
        let token = statement.swallowed_table?;
        let between = &self.text[statement.start() as usize..token.start as usize];
        let batches = between
            .lines()
            .any(|line| line.trim().eq_ignore_ascii_case("go"));
        let span = self.span(token.start, token.end);
        Some(Box::new(unreadable::swallowed_table(kind, span, batches)))
    }

    /// A statement that begins with no known word: perhaps a slip, which would lose a table in silence.
    pub(super) fn doubts_first_word(&mut self, statement: &RawStatement) -> bool {
        let cursor = self.cursor(statement);
        let (word, span) = (cursor.piece(0), cursor.here());
        let opens = matches!(word, "(" | "{");
        if opens
            || (cursor.is_bare(0)
                && kind::STATEMENTS
                    .iter()
                    .any(|known| name::same_word(known, word)))
        {
            return self.doubts_object(statement);
        }
        let upper = word.to_uppercase();
        let near = name::suggest(&upper, ["CREATE", "ALTER", "COMMENT", "DROP"]);
        let message = format!("no SQL statement begins with `{}`", shortened(word));
        let help = near.map_or_else(
            || "remove it, or end the statement before it with `;`".to_owned(),
            |near| format!("write `{near}`"),
        );
        self.diagnostics
            .push(Diagnostic::error("B0009", message).at(span, "").help(help));
        true
    }

    /// Reports a word after the verb that may not stand there, as in `CREATE TABEL`. Returns whether there was one.
    fn doubts_object(&mut self, statement: &RawStatement) -> bool {
        let cursor = self.cursor(statement);
        let (verb, word) = (
            cursor.piece(0).to_uppercase(),
            cursor.piece(1).to_uppercase(),
        );
        if !matches!(verb.as_str(), "CREATE" | "ALTER")
            || !cursor.is_bare(1)
            || kind::follows_verb(&word)
        {
            return false;
        }
        let objects = ["TABLE", "INDEX", "UNIQUE", "VIEW", "TYPE", "DOMAIN"];
        let Some(near) = name::suggest(&word, objects) else {
            return false;
        };
        let span = cursor.span_at(1);
        let message = format!("there is no `{verb} {}`", shortened(&word));
        let help = format!("write `{verb} {near}`");
        self.diagnostics
            .push(Diagnostic::error("B0009", message).at(span, "").help(help));
        true
    }
}
