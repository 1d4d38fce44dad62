//! A walk over the tokens of one statement that is bounded in depth.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

use super::cursor::{Cursor, Problem, Read};
use super::text::{Text, tokens_of};
use super::tree::{Body, Expr, SelectItem, Statement};
use crate::source::Span;
use bindery_core::dialect::Dialect;

/// Queries, parentheses and operators are read so deep in one another. A parenthesis counts twice, as there is an expression in it.
const DEPTH_LIMIT: u32 = 130;

/// So deep they are read on the stack that is there: eight parentheses or `CASE` in one another, and the readers around them, fit into
/// 256 KiB of it where the code is not optimised, as in a build script.
const SHALLOW: u32 = 16;

/// The stack for what is deeper: 64 parentheses take 1.4 MiB.
const ROOM: usize = 8 << 20;

/// The tokens of one statement and a place among them.
pub(crate) struct Reader<'a> {
    cursor: Cursor<'a>,
    depth: u32,
    limit: u32,
    /// Whether something was deeper than the limit.
    is_too_deep: Cell<bool>,
    /// The parameters that the text says may be NULL: `sqlc.narg(name)`.
    pub(super) optional: Vec<String>,
    pub(super) parameters: bool,
    /// PostgreSQL's `b_expr`: no operators of words.
    pub(super) plain: bool,
}

/// A statement, and whether looking through it takes more stack than may be there.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) statement: Statement,
    /// The parameters that the text says may be NULL.
    pub(crate) optional: Vec<String>,
    is_deep: bool,
}

impl Whole {
    /// The place of the whole statement.
    pub(crate) fn span(&self) -> Span {
        self.statement.span()
    }

    /// The items of the query's first `SELECT`, which name its columns.
    pub(crate) fn items(&self) -> &[SelectItem] {
        let Statement::Query(query) = &self.statement else {
            return &[];
        };
        let mut body = &query.body;
        loop {
            body = match body {
                Body::Select(select) => return &select.items,
                Body::Set(first, _) => first,
                Body::Query(inner) => &inner.body,
                Body::Values { .. } | Body::Table(_) => return &[],
            };
        }
    }

    /// Looks through the statement with as much stack as that takes.
    pub(crate) fn look<T: Send>(&self, look: impl FnOnce(&Statement) -> T + Send) -> T {
        if self.is_deep {
            with_room(|| look(&self.statement))
        } else {
            look(&self.statement)
        }
    }
}

/// Reads a text that is one statement.
pub(crate) fn read_statement(text: &Text<'_>) -> Read<Whole> {
    read_all(&text.cursor(), text.parameters)
}

/// The same of a text whose tokens are not cut yet.
pub(crate) fn read_text(sql: &str, dialect: Dialect) -> Read<Whole> {
    let tokens = tokens_of(sql, dialect);
    read_statement(&Text::of(sql, &tokens, dialect))
}

/// Reads the query that is all there is, of a view or a table.
pub(crate) fn read_query(cursor: &Cursor<'_>) -> Read<Whole> {
    let whole = read_all(cursor, false)?;
    if matches!(whole.statement, Statement::Query(_)) {
        Ok(whole)
    } else {
        Err(cursor.unexpected("a query"))
    }
}

/// Reads a text that is one expression, and looks through it with as much stack as that takes.
pub(crate) fn look_at_expression<T: Send>(
    sql: &str,
    dialect: Dialect,
    look: impl Fn(&Text<'_>, &Expr) -> T + Send + Sync,
) -> Read<T> {
    let tokens = tokens_of(sql, dialect);
    let text = &Text::of(sql, &tokens, dialect);
    let cursor = text.cursor();
    let mut reader = Reader::new(cursor.clone(), text.parameters, SHALLOW);
    match reader.whole_expression() {
        Ok(expr) => Ok(look(text, &expr)),
        Err(_) if reader.is_too_deep.get() => with_room(|| {
            let mut reader = Reader::new(cursor.clone(), text.parameters, DEPTH_LIMIT);
            reader.whole_expression().map(|expr| look(text, &expr))
        }),
        Err(problem) => Err(problem),
    }
}

fn read_all(cursor: &Cursor<'_>, parameters: bool) -> Read<Whole> {
    let reader = |limit| Reader::new(cursor.clone(), parameters, limit);
    let mut shallow_reader = reader(SHALLOW);
    let shallow = shallow_reader.whole();
    let is_deep = shallow.is_err() && shallow_reader.is_too_deep.get();
    let (statement, optional) = if is_deep {
        with_room(|| {
            let mut reader = reader(DEPTH_LIMIT);
            reader.whole().map(|statement| (statement, reader.optional))
        })?
    } else {
        (shallow?, shallow_reader.optional)
    };
    Ok(Whole {
        statement,
        optional,
        is_deep,
    })
}

/// Works on a stack that suffices for all that is read.
fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let (mut work, mut outcome) = (Some(work), None);
    on_own_stack(&mut || outcome = work.take().map(|work| work()));
    outcome.expect("the work was done")
}

/// It is not generic, so that threads are compiled once.
fn on_own_stack(work: &mut (dyn FnMut() + Send)) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(ROOM);
        let thread = thread.spawn_scoped(scope, work);
        let outcome = thread.expect("a thread can be made").join();
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

impl<'a> Deref for Reader<'a> {
    type Target = Cursor<'a>;

    fn deref(&self) -> &Cursor<'a> {
        &self.cursor
    }
}

impl<'a> DerefMut for Reader<'a> {
    fn deref_mut(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl<'a> Reader<'a> {
    fn new(cursor: Cursor<'a>, parameters: bool, limit: u32) -> Self {
        Self {
            cursor,
            depth: 0,
            limit,
            is_too_deep: Cell::new(false),
            optional: Vec::new(),
            parameters,
            plain: false,
        }
    }

    /// The statement that is all there is.
    fn whole(&mut self) -> Read<Statement> {
        let statement = self.statement()?;
        if self.at_end() {
            Ok(statement)
        } else {
            Err(self.unexpected("the statement's end"))
        }
    }

    /// The expression that is all there is.
    fn whole_expression(&mut self) -> Read<Expr> {
        let expr = self.expr()?;
        if self.at_end() {
            Ok(expr)
        } else {
            Err(self.unexpected("the expression's end"))
        }
    }

    /// Reads what nests one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= self.limit {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let outcome = read(self);
        self.depth -= 1;
        outcome
    }

    pub(super) fn too_deep(&self) -> Problem {
        self.is_too_deep.set(true);
        let message = format!("its parts nest more than {} deep", DEPTH_LIMIT / 2);
        let help = "take it apart: name what is within by `WITH name AS (…)`";
        self.problem(self.here(), &message, help)
    }

    /// Whether this number of parts, one upon the other, is beyond the limit.
    pub(super) fn is_high(&self, parts: u32) -> bool {
        self.depth + parts > self.limit
    }

    /// Whether the token stands directly behind the one before it.
    pub(super) fn is_adjacent(&self, ahead: usize) -> bool {
        let before = self.tokens.get(self.at + ahead - 1);
        let token = self.tokens.get(self.at + ahead);
        before
            .zip(token)
            .is_some_and(|(before, token)| before.end == token.start)
    }

    /// Reads `first, second, …`.
    pub(super) fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut all = vec![one(self)?];
        while self.eat_symbol(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    /// Reads between parentheses.
    pub(super) fn enclosed<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.expect_symbol("(")?;
        let plain = std::mem::take(&mut self.plain);
        let inner = self.nested(read);
        self.plain = plain;
        let inner = inner?;
        self.expect_symbol(")")?;
        Ok(inner)
    }

    /// Whether a query begins here, perhaps behind parentheses.
    pub(super) fn at_query(&self, mut ahead: usize) -> bool {
        while self.is_symbol(ahead, "(") {
            ahead += 1;
        }
        self.is_any_word(ahead, &["SELECT", "VALUES", "WITH"])
            || (self.is_word(ahead, "TABLE") && self.grammar.queries.table)
    }
}
