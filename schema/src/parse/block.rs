//! The statements of PostgreSQL's `DO` blocks: migrations write there what must not fail when it is run twice.
//!
//! Needed by migrations that drizzle-kit writes (`CREATE TYPE` before `EXCEPTION WHEN duplicate_object`) and by those of
//! Supabase's auth (`IF NOT EXISTS (SELECT … FROM information_schema.columns …) THEN ALTER TABLE`). A condition that queries the
//! catalogue guards the statements under it, which are applied as far as they fit. Statements that any other condition or a
//! loop decides are not applied, and reported.

use super::lex::Comment;
use super::split::{DEPTH_LIMIT, RawStatement};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::{Cursor, Cut};

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
    pub(super) place: Span,
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
pub(super) fn block(statement: &Cursor<'_>) -> Option<Block> {
    let body = Cut::of_dollar_quotes(statement)?;
    let mut walk = Walk {
        cursor: body.cursor(),
        levels: Vec::new(),
        statements: Vec::new(),
        passed: Vec::new(),
    };
    while !walk.cursor.at_end() {
        walk.step();
    }
    let (statements, passed) = (walk.statements, walk.passed);
    let block = Block {
        statements,
        passed,
        comments: body.comments,
    };
    (!(block.statements.is_empty() && block.passed.is_empty())).then_some(block)
}

struct Walk<'t> {
    cursor: Cursor<'t>,
    levels: Vec<Level>,
    statements: Vec<Inner>,
    passed: Vec<Passed>,
}

impl Walk<'_> {
    /// At the beginning of a statement.
    fn step(&mut self) {
        let here = self.cursor.clone();
        let (first, is) = (here.at, |words: &[&str]| here.is_any_word(0, words));
        if is(&["BEGIN"]) {
            self.cursor.advance(1);
            self.open(Runs::Always);
        } else if is(&["IF"]) {
            self.cursor.skip_behind("THEN");
            self.open(self.condition(first));
        } else if is(&["CASE", "LOOP", "FOR", "FOREACH", "WHILE"]) {
            self.cursor
                .skip_behind(if is(&["CASE"]) { "THEN" } else { "LOOP" });
            self.open(Runs::Unknown);
        } else if is(&["ELSIF", "ELSEIF", "WHEN", "ELSE"]) {
            self.cursor
                .skip_behind(if is(&["ELSE"]) { "ELSE" } else { "THEN" });
            if let Some(level) = self.levels.last_mut() {
                level.runs = level.runs.max(Runs::Unknown);
            }
        } else if is(&["EXCEPTION"]) {
            self.cursor.advance(1);
            self.handler();
        } else if is(&["END"]) {
            self.cursor.skip_behind(";");
            self.levels.pop();
        } else {
            self.skip_statement();
            self.statement(first);
        }
    }

    /// Moves behind its delimiter. The body of a function that is no text has some of its own.
    fn skip_statement(&mut self) {
        let mut blocks = 0_usize;
        while !self.cursor.at_end() {
            let cursor = &self.cursor;
            let is_delimiter = cursor.is_symbol(0, ";");
            if cursor.is_words(&["BEGIN", "ATOMIC"]) || blocks > 0 && cursor.is_word(0, "CASE") {
                blocks += 1;
            } else if cursor.is_word(0, "END") {
                blocks = blocks.saturating_sub(1);
            }
            self.cursor.advance(1);
            if is_delimiter && blocks == 0 {
                return;
            }
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
        let of_catalogue = |piece: &str| {
            let word = piece.to_lowercase();
            word.starts_with("pg_") || CATALOGUE.contains(&word.as_str())
        };
        let condition = self.cursor.within(first, self.cursor.at);
        if condition.is_some_and(|condition| condition.pieces().any(of_catalogue)) {
            Runs::Guarded
        } else {
            Runs::Unknown
        }
    }

    /// A statement that is not of the block's own words; its delimiter is passed.
    fn statement(&mut self, first: usize) {
        let delimiter = usize::from(self.cursor.before(&[";"]));
        let Some(statement) = self.cursor.within(first, self.cursor.at - delimiter) else {
            return;
        };
        let begins = ["CREATE", "ALTER", "DROP", "COMMENT"];
        let runs = self.runs();
        if runs == Runs::Never {
            return;
        }
        if runs == Runs::Unknown || !statement.is_any_word(0, &begins) {
            self.passed.extend(first_change(&statement));
        } else if let Some(statement) = statement.as_statement() {
            let guarded = runs == Runs::Guarded;
            self.statements.push(Inner { statement, guarded });
        }
    }
}

/// The functions that query the catalogue, beside names that begin with `pg_`.
const CATALOGUE: [&str; 3] = ["information_schema", "to_regclass", "to_regtype"];

/// The first statement in a body, wherever it stands, that changes the schema.
pub(super) fn first_change(body: &Cursor<'_>) -> Option<Passed> {
    const BEFORE: [&str; 7] = ["BEGIN", "THEN", "ELSE", "LOOP", "DO", "REPEAT", "AS"];
    let begins =
        |at: usize| at == 0 || body.is_symbol(at - 1, ";") || body.is_any_word(at - 1, &BEFORE);
    let mut starts = (0..body.rest()).filter(|&at| begins(at));
    starts
        .find_map(|at| changes_schema(body, at))
        .or_else(|| text_of_ddl(body))
}

/// A statement that changes tables, types or views; those that only change rights or triggers are not among them.
fn changes_schema(body: &Cursor<'_>, at: usize) -> Option<Passed> {
    if !body.is_any_word(at, &["CREATE", "ALTER", "DROP"]) {
        return None;
    }
    let shown = at..(at + SHOWN).min(body.rest());
    let mut ends = shown.clone().filter(|&end| body.is_symbol(end, ";"));
    let end = ends.next().unwrap_or(shown.end);
    let statement = body.within(body.at + at, body.at + end)?;
    let kind = statement.statement_kind();
    is_change(&kind, says_change(statement.source())).then(|| Passed {
        place: statement.span(),
        kind,
    })
}

/// So many tokens of a statement are looked at: bodies may be long, and each of their statements begins one.
const SHOWN: usize = 256;

/// `EXECUTE 'ALTER TABLE …'`, `SET @sql = CONCAT('ALTER TABLE ', …)`: the text that begins such a statement.
fn text_of_ddl(body: &Cursor<'_>) -> Option<Passed> {
    let changes = says_change(body.source());
    let mut texts = (0..body.rest()).filter(|&at| body.is_text(at));
    texts.find_map(|at| {
        let text = body.content(at);
        let kind: Vec<&str> = text.split_whitespace().take(2).into_vec();
        let kind = kind.join(" ").to_uppercase();
        is_change(&kind, changes).then(|| Passed {
            place: body.span_at(at),
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
