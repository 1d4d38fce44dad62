//! The statements of PostgreSQL's `DO` blocks: migrations write there what must not fail when it is run twice.
//!
//! Needed by migrations that drizzle-kit writes (`CREATE TYPE` before `EXCEPTION WHEN duplicate_object`) and by those of
//! Supabase's auth (`IF NOT EXISTS (SELECT … FROM information_schema.columns …) THEN ALTER TABLE`). A condition that queries the
//! catalogue guards the statements under it, which are applied as far as they fit. Statements that any other condition or a
//! loop decides are not applied, and reported.

use bindery_core::dialect::Dialect;

use super::kind::kind_of;
use super::lex::{Comment, Lexer, Token, TokenKind};
use super::nested::Words;
use super::split::{DEPTH_LIMIT, RawStatement};

/// A block, read.
pub(crate) struct Block {
    pub(super) statements: Vec<Inner>,
    /// Statements that are not applied.
    pub(super) passed: Vec<Passed>,
    pub(super) comments: Vec<Comment>,
}

/// A statement of a block.
pub(super) struct Inner {
    pub(super) statement: RawStatement,
    /// It counts only as far as it fits.
    pub(super) guarded: bool,
}

/// A statement that changes the schema and is not applied.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) first: Token,
    pub(super) end: u32,
    pub(super) kind: String,
}

/// Whether a statement runs; the later one of these counts where they nest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Runs {
    Always,
    /// Where a condition that queries the catalogue says so.
    Guarded,
    Unknown,
    /// Only where a statement fails that is applied.
    Never,
}

/// `BEGIN`, `IF`, `LOOP`, `CASE` and what is between it and its end.
struct Level {
    runs: Runs,
    /// The number of the first statement in it.
    first: usize,
}

/// `DO $$ BEGIN … END $$`; `None` where nothing in it changes a schema.
pub(super) fn block(text: &str, tokens: &[Token]) -> Option<Block> {
    let (tokens, comments) = body(text, tokens)?;
    let mut walk = Walk {
        words: Words { text },
        tokens: &tokens,
        at: 0,
        levels: Vec::new(),
        statements: Vec::new(),
        passed: Vec::new(),
    };
    while walk.at < tokens.len() {
        walk.step();
    }
    let (statements, passed) = (walk.statements, walk.passed);
    let block = Block {
        statements,
        passed,
        comments,
    };
    (!(block.statements.is_empty() && block.passed.is_empty())).then_some(block)
}

/// Returns the text between the dollar quotes, delimiters included; `None` where something in it is never closed.
pub(super) fn body(text: &str, tokens: &[Token]) -> Option<(Vec<Token>, Vec<Comment>)> {
    let body = tokens
        .iter()
        .find(|token| token.kind == TokenKind::Dollar)?;
    let quoted = &text[body.start as usize..body.end as usize];
    let quote = quoted[1..].find('$')? + 2;
    let end = (body.end as usize).checked_sub(quote)?;
    let mut lexer = Lexer::new(&text[..end], Dialect::Postgres);
    lexer.at = body.start as usize + quote;
    let mut found = Vec::new();
    while lexer.at < end && lexer.skip_blanks() {
        found.push(lexer.token());
    }
    lexer.unclosed.is_empty().then_some((found, lexer.comments))
}

struct Walk<'t> {
    words: Words<'t>,
    tokens: &'t [Token],
    at: usize,
    levels: Vec<Level>,
    statements: Vec<Inner>,
    passed: Vec<Passed>,
}

impl Walk<'_> {
    /// At the beginning of a statement.
    fn step(&mut self) {
        let first = self.at;
        let word = self.tokens[first];
        let is = |words: &[&str]| self.words.is_any(Some(&word), words);
        if is(&["BEGIN"]) {
            self.at += 1;
            self.open(Runs::Always);
        } else if is(&["IF"]) {
            self.skip_to("THEN");
            self.open(self.condition(first));
        } else if is(&["CASE", "LOOP", "FOR", "FOREACH", "WHILE"]) {
            self.skip_to(if is(&["CASE"]) { "THEN" } else { "LOOP" });
            self.open(Runs::Unknown);
        } else if is(&["ELSIF", "ELSEIF", "WHEN", "ELSE"]) {
            self.skip_to(if is(&["ELSE"]) { "ELSE" } else { "THEN" });
            if let Some(level) = self.levels.last_mut() {
                level.runs = level.runs.max(Runs::Unknown);
            }
        } else if is(&["EXCEPTION"]) {
            self.at += 1;
            self.handler();
        } else if is(&["END"]) {
            self.skip_to(";");
            self.levels.pop();
        } else {
            self.skip_to(";");
            self.statement(first);
        }
    }

    fn open(&mut self, runs: Runs) {
        let outer = self.runs();
        let too_deep = self.levels.len() >= DEPTH_LIMIT;
        let own = if too_deep { Runs::Unknown } else { runs };
        let (runs, first) = (own.max(outer), self.statements.len());
        self.levels.push(Level { runs, first });
    }

    fn runs(&self) -> Runs {
        self.levels.last().map_or(Runs::Always, |level| level.runs)
    }

    /// A statement before it that fails is not an error.
    fn handler(&mut self) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        let before = &mut self.statements[level.first..];
        level.runs = match before.is_empty() {
            true => level.runs.max(Runs::Unknown),
            false => Runs::Never,
        };
        before.iter_mut().for_each(|inner| inner.guarded = true);
    }

    fn condition(&self, first: usize) -> Runs {
        let of_catalogue = |token: &Token| {
            let word = self.words.raw(*token).to_lowercase();
            word.starts_with("pg_") || CATALOGUE.contains(&word.as_str())
        };
        if self.tokens[first..self.at].iter().any(of_catalogue) {
            Runs::Guarded
        } else {
            Runs::Unknown
        }
    }

    /// A statement that is not of the block's own words; its delimiter is passed.
    fn statement(&mut self, first: usize) {
        let tokens = &self.tokens[first..self.at];
        let tokens = match tokens.split_last() {
            Some((last, rest)) if self.words.raw(*last) == ";" => rest,
            _ => tokens,
        };
        let begins = ["CREATE", "ALTER", "DROP", "COMMENT"];
        let runs = self.runs();
        if runs == Runs::Never {
            return;
        }
        if runs == Runs::Unknown || !self.words.is_any(tokens.first(), &begins) {
            self.passed.extend(first_change(self.words.text, tokens));
        } else if let Some(statement) = self.words.statement(tokens) {
            let guarded = runs == Runs::Guarded;
            self.statements.push(Inner { statement, guarded });
        }
    }

    /// Moves after the next token of this text.
    fn skip_to(&mut self, text: &str) {
        let is = |token: &Token| self.words.raw(*token).eq_ignore_ascii_case(text);
        let rest = &self.tokens[self.at..];
        self.at += rest.iter().position(is).map_or(rest.len(), |at| at + 1);
    }
}

/// The functions that query the catalogue, beside names that begin with `pg_`.
const CATALOGUE: [&str; 3] = ["information_schema", "to_regclass", "to_regtype"];

/// The first statement in a body, wherever it stands, that changes the schema.
pub(super) fn first_change(text: &str, tokens: &[Token]) -> Option<Passed> {
    let words = Words { text };
    let begins = |at: usize| {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let ends = before.is_none_or(|before| words.raw(*before) == ";");
        ends || words.is_any(
            before,
            &["BEGIN", "THEN", "ELSE", "LOOP", "DO", "REPEAT", "AS"],
        )
    };
    let mut starts = (0..tokens.len()).filter(|&at| begins(at));
    starts
        .find_map(|at| changes_schema(text, &tokens[at..]))
        .or_else(|| text_of_ddl(text, tokens))
}

/// A statement that changes tables, types or views; those that only change rights or triggers are not among them.
fn changes_schema(text: &str, tokens: &[Token]) -> Option<Passed> {
    let words = Words { text };
    let first = *tokens.first()?;
    if !words.is_any(Some(&first), &["CREATE", "ALTER", "DROP"]) {
        return None;
    }
    let ends = |token: &Token| words.raw(*token) == ";";
    let shown = &tokens[..tokens.len().min(SHOWN)];
    let end = shown.iter().position(ends).unwrap_or(shown.len());
    let kind = kind_of(text, &shown[..end]);
    let end = shown[..end].last()?.end;
    let changes = says_change(&text[first.start as usize..end as usize]);
    is_change(&kind, changes).then_some(Passed { first, end, kind })
}

/// So many tokens of a statement are looked at: bodies may be long, and each of their statements begins one.
const SHOWN: usize = 256;

/// `EXECUTE 'ALTER TABLE …'`, `SET @sql = CONCAT('ALTER TABLE ', …)`: the text that begins such a statement.
fn text_of_ddl(text: &str, tokens: &[Token]) -> Option<Passed> {
    let is_text = |token: &&Token| {
        let quotes = [TokenKind::SingleQuoted, TokenKind::Dollar];
        quotes.contains(&token.kind)
    };
    let changes = says_change(&text[tokens.first()?.start as usize..tokens.last()?.end as usize]);
    tokens.iter().filter(is_text).find_map(|token| {
        let inner = text[token.start as usize..token.end as usize].trim_matches(['\'', '$']);
        let kind: Vec<&str> = inner.split_whitespace().take(2).collect();
        let kind = kind.join(" ").to_uppercase();
        is_change(&kind, changes).then_some(Passed {
            first: *token,
            end: token.end,
            kind,
        })
    })
}

/// Whether a statement of this kind makes other tables, types or views.
fn is_change(kind: &str, says_change: bool) -> bool {
    const OBJECTS: [&str; 6] = [
        "TABLE",
        "INDEX",
        "TYPE",
        "DOMAIN",
        "VIEW",
        "MATERIALIZED VIEW",
    ];
    match kind.split_once(' ') {
        Some(("CREATE" | "DROP", object)) => OBJECTS.contains(&object),
        Some(("ALTER", object)) => says_change && OBJECTS.contains(&object),
        _ => false,
    }
}

/// Whether it has a word by which `ALTER` changes more than rights, owners and triggers.
fn says_change(written: &str) -> bool {
    const CHANGES: [&str; 7] = [
        "ADD", "DROP", "RENAME", "COLUMN", "CHANGE", "MODIFY", "SCHEMA",
    ];
    let mut words = written.split(|letter: char| !letter.is_ascii_alphabetic());
    words.any(|word| CHANGES.iter().any(|known| known.eq_ignore_ascii_case(word)))
}
