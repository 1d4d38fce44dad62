//! The messages about what cannot be read, with the help that fits what stands there.

use super::cursor::{Cursor, Problem};
use super::grammar::Grammar;
use crate::findings::{foreign_sql, unreadable};
use crate::source::Span;
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::TokenKind;

/// How the list of what was expected ends where the statement could be over.
const STATEMENT_END: &str = "the statement's end";

impl Cursor<'_> {
    /// The problem of finding something else here.
    pub(crate) fn unexpected(&self, expected: &str) -> Problem {
        if expected.ends_with(STATEMENT_END)
            && let Some(problem) = self.missing_delimiter()
        {
            return problem;
        }
        let found = match self.token(0) {
            Some(token) => format!("found `{}`", shortened(self.raw(token))),
            None => "the statement ends here".to_owned(),
        };
        let help = if self.at_statement() {
            "end the statement before it with `;`".to_owned()
        } else {
            Some(self.near_help(expected))
                .filter(|help| !help.is_empty())
                .unwrap_or_else(|| self.help_of_query(expected).to_owned())
        };
        let finding = unreadable::unexpected(self.kind, expected, &found, self.here());
        Box::new(finding.help(help))
    }

    /// The words in place of those that the database of a query does not have.
    fn help_of_query(&self, expected: &str) -> &'static str {
        if !["SELECT", "INSERT", "UPDATE", "DELETE"].contains(&self.kind) {
            return "";
        }
        if self.is_word(0, "ILIKE") {
            "write `LIKE`: `ILIKE` is of PostgreSQL alone"
        } else if self.is_words(&["ON", "DUPLICATE"]) {
            "write `ON CONFLICT (key) DO UPDATE SET …`: `ON DUPLICATE KEY UPDATE` is of MySQL and MariaDB"
        } else if self.is_word(0, "LIMIT") && self.kind != "SELECT" {
            "choose the rows by a query: `WHERE id IN (SELECT … LIMIT 1)`"
        } else if expected.starts_with("`ON`") {
            "write the condition of the join after its table: `ON a.id = b.a_id`"
        } else {
            ""
        }
    }

    /// The next statement begins here, and nothing ended this one.
    fn missing_delimiter(&self) -> Option<Problem> {
        let last = *self.tokens.get(self.at.checked_sub(1)?)?;
        if !self.at_statement() {
            return None;
        }
        let (last, next) = (self.span_of(last), self.here());
        Some(Box::new(unreadable::missing_delimiter(
            self.kind, last, next,
        )))
    }

    /// A slip of the finger, or another dialect.
    fn near_help(&self, expected: &str) -> String {
        let words = expected.split('`').skip(1).step_by(2);
        let words = words.flat_map(|quoted| quoted.split(' '));
        let found = self.token(0).filter(|token| token.kind == TokenKind::Word);
        let found = found.map(|token| self.raw(token).to_uppercase());
        let near = found
            .as_deref()
            .and_then(|found| crate::name::suggest(found, words));
        match near.filter(|near| found.as_deref() != Some(near)) {
            Some(near) => format!("write `{near}`; {}", self.dialect_help()),
            None => self.dialect_help(),
        }
    }

    /// A word of another database, at the tokens from `first` on.
    pub(crate) fn foreign(&self, first: usize, word: &str, of: Dialect, instead: &str) -> Problem {
        let message = foreign_sql::word(self.kind, self.dialect.product(), word);
        let span = self.span_from(first);
        Box::new(foreign_sql::foreign(
            message,
            span,
            instead,
            Some(of),
            self.read_as,
        ))
    }

    /// Whether a word stands here that only begins statements: a `;` was forgotten then.
    pub(crate) fn at_statement(&self) -> bool {
        let verbs = &["CREATE", "ALTER", "DROP", "INSERT"];
        self.is_any_word(0, verbs)
            && self
                .token(1)
                .is_some_and(|next| next.kind == TokenKind::Word)
    }

    /// Returns the help for words that are not SQL here but may be in another dialect.
    fn dialect_help(&self) -> String {
        let found = self.token(0).map(|token| self.raw(token).to_uppercase());
        let other = found.and_then(|found| spoken_by(&found, self.dialect));
        let other = other.unwrap_or(self.grammar.names.mistaken_for);
        self.read_as.map_or_else(String::new, |read_as| {
            format!("{}; {}", read_as.why(), read_as.otherwise(other))
        })
    }

    /// A problem at a place of its own.
    pub(crate) fn problem(&self, span: Span, message: &str, help: &str) -> Problem {
        Box::new(unreadable::part(self.kind, message, span, help))
    }

    /// Why the statement cannot be read, in words that follow its name.
    pub(crate) fn reason(&self, problem: &Problem) -> String {
        unreadable::reason(self.kind, &problem.message).to_owned()
    }
}

/// As much of a token as a message can bear.
pub(crate) fn shortened(text: &str) -> String {
    let one_line: String = text
        .chars()
        .take(40)
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect();
    if text.chars().nth(40).is_some() {
        format!("{one_line}…")
    } else {
        one_line
    }
}

/// Returns which other database knows a word that stands where it means nothing here.
fn spoken_by(word: &str, read_as: Dialect) -> Option<Dialect> {
    let knows = |dialect: &Dialect| {
        let telling = Grammar::of(*dialect).names.telling_words;
        telling.contains(&word)
    };
    let found = Dialect::ALL.into_iter().find(knows);
    found.filter(|found| *found != read_as)
}
