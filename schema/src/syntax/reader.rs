//! A walk over the tokens of one statement that is bounded in depth.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

use super::cursor::{Cursor, Problem, Read};
use super::tree::{Body, Expr, Item, Parameter, Statement};
use super::words;
use crate::ast::name::{Name, ObjectName};
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Lexer, Token, TokenKind};

/// Queries, parentheses and operators are read so deep in one another. A parenthesis counts twice, as there is an expression in it.
const DEPTH_LIMIT: u32 = 130;

/// So deep they are read on the stack that is there: eight parentheses or `CASE` in one another, and the readers around them, fit into
/// 256 KiB of it where the code is not optimised, as in a build script.
const SHALLOW: u32 = 16;

/// The stack for what is deeper: 64 parentheses take 1.4 MiB.
const ROOM: usize = 8 << 20;

/// The text of one statement.
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
    pub(crate) file: FileId,
    pub(crate) dialect: Dialect,
    /// Its name in messages.
    pub(crate) kind: &'a str,
    /// `:name`, `?` and their kin stand for values of the program.
    pub(crate) parameters: bool,
}

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
    pub(crate) fn items(&self) -> &[Item] {
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
pub(crate) fn read(text: &Text<'_>) -> Read<Whole> {
    read_all(&text.cursor(), text.parameters)
}

/// The same of a text whose tokens are not cut yet.
pub(crate) fn read_text(sql: &str, dialect: Dialect) -> Read<Whole> {
    let tokens = tokens_of(sql, dialect);
    read(&Text::of(sql, &tokens, dialect))
}

impl<'a> Text<'a> {
    /// A text of its own, in no file.
    pub(crate) fn of(text: &'a str, tokens: &'a [Token], dialect: Dialect) -> Self {
        Self {
            text,
            tokens,
            file: FileId(0),
            dialect,
            kind: "statement",
            parameters: false,
        }
    }

    /// The text between two places.
    pub(crate) fn at(&self, start: u32, end: u32) -> &'a str {
        &self.text[start as usize..end as usize]
    }

    /// At its beginning.
    pub(crate) fn cursor(&self) -> Cursor<'a> {
        Cursor {
            text: self.text,
            tokens: self.tokens,
            at: 0,
            file: self.file,
            dialect: self.dialect,
            read_as: None,
            comments: &[],
            own_database: None,
            path: None,
            kind: self.kind,
        }
    }
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

/// The tokens of a text.
pub(crate) fn tokens_of(sql: &str, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(sql, dialect);
    let mut tokens = Vec::new();
    while lexer.skip_blanks() {
        tokens.push(lexer.token());
    }
    tokens
}

/// The tokens of one statement.
pub(crate) type Tokens = [Token];

/// Returns whether this sign stands in a text, outside of its texts and comments.
pub(crate) fn has_sign(sql: &str, dialect: Dialect, sign: &str) -> bool {
    let tokens = tokens_of(sql, dialect);
    let cursor = Text::of(sql, &tokens, dialect).cursor();
    tokens.iter().any(|token| cursor.raw(*token) == sign)
}

/// The first token from this place on, as messages have it.
pub(crate) fn shown_at(sql: &str, dialect: Dialect, at: u32) -> String {
    let tokens = tokens_of(sql, dialect);
    let Some(token) = tokens.iter().find(|token| token.start >= at) else {
        return "its end".to_owned();
    };
    let raw = &sql[token.start as usize..token.end as usize];
    match token.kind {
        TokenKind::Symbol => format!("the operator `{raw}`"),
        TokenKind::Word => format!("the word `{raw}`"),
        _ => format!("`{}`", raw.trim_matches(['"', '`', '[', ']', '\''])),
    }
}

/// The tokens of a statement within a text.
pub(crate) fn tokens_within(text: &str, statement: Span, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, dialect);
    lexer.at = statement.start as usize;
    let mut tokens = Vec::new();
    while lexer.skip_blanks() && lexer.at < statement.end as usize {
        tokens.push(lexer.token());
    }
    tokens
}

/// The text without the parentheses around all of it.
pub(crate) fn ungrouped(sql: &str, dialect: Dialect) -> &str {
    let tokens = tokens_of(sql, dialect);
    let mut inner = tokens.as_slice();
    let (mut open, mut partners) = (Vec::<usize>::new(), vec![0; tokens.len()]);
    for (at, token) in tokens.iter().enumerate() {
        match &sql[token.start as usize..token.end as usize] {
            "(" => open.push(at),
            ")" => open
                .pop()
                .into_iter()
                .for_each(|first| partners[first] = at),
            _ => {}
        }
    }
    let pairs = partners.iter().enumerate();
    let is_outer =
        |(first, last): &(usize, &usize)| first + **last + 1 == tokens.len() && first + 1 < **last;
    for _ in pairs.take_while(is_outer) {
        inner = &inner[1..inner.len() - 1];
    }
    match inner {
        [first, .., last] | [first @ last] => &sql[first.start as usize..last.end as usize],
        [] => sql.trim(),
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
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(ROOM);
        let thread = thread.spawn_scoped(scope, work);
        let outcome = thread.expect("a thread can be made").join();
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
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
            || (self.is_word(ahead, "TABLE") && self.dialect != Dialect::Sqlite)
    }

    /// A bare word that the dialect keeps for itself.
    pub(super) fn is_reserved(&self, ahead: usize) -> bool {
        self.token(ahead).is_some_and(|token| {
            token.kind == TokenKind::Word && words::is_reserved(self.dialect, self.raw(token))
        })
    }

    /// A name that is no reserved word.
    pub(super) fn own_name(&mut self, what: &str) -> Read<Name> {
        if self.is_reserved(0) || !self.is_plain_name(0) {
            return Err(self.unexpected(what));
        }
        self.name(what)
    }

    /// A bare word or one in quotes of names. Words of MySQL may begin with a digit.
    pub(super) fn is_plain_name(&self, ahead: usize) -> bool {
        self.token(ahead).is_some_and(|token| {
            let digit = self
                .raw(token)
                .starts_with(|sign: char| sign.is_ascii_digit());
            match token.kind {
                TokenKind::Word => !digit || self.dialect == Dialect::Mysql,
                TokenKind::DoubleQuoted => self.dialect != Dialect::Mysql,
                TokenKind::Backticked | TokenKind::Bracketed => true,
                _ => false,
            }
        })
    }

    /// A name after a point, which may be any word.
    pub(super) fn name_behind_point(&mut self, what: &str) -> Read<Name> {
        // MySQL takes any word that stands directly behind the point.
        let reserved = match self.dialect {
            Dialect::Sqlite => self.is_reserved(0),
            Dialect::Mysql => self.is_reserved(0) && !self.is_adjacent(0),
            Dialect::Postgres => false,
        };
        if self.is_plain_name(0) && !reserved {
            self.name(what)
        } else {
            Err(self.unexpected(what))
        }
    }

    /// `schema.table`, whose first word is not reserved.
    pub(super) fn table_name(&mut self) -> Read<ObjectName> {
        if self.is_reserved(0) || !self.is_plain_name(0) {
            return Err(self.unexpected("a table's name"));
        }
        self.object_name("a table's name")
    }

    /// `AS name`, or a name alone where that may be an alias.
    pub(super) fn alias(&mut self) -> Read<Option<Name>> {
        if self.eat(&["AS"]) {
            return self.label().map(Some);
        }
        let Some(token) = self.token(0) else {
            return Ok(None);
        };
        let may = match token.kind {
            TokenKind::Word => {
                self.is_plain_name(0) && words::may_be_alias(self.dialect, self.raw(token))
            }
            _ => self.is_label(0),
        };
        if may {
            self.label().map(Some)
        } else {
            Ok(None)
        }
    }

    fn is_label(&self, ahead: usize) -> bool {
        let text = self.is_text(ahead);
        self.is_plain_name(ahead) || (text && self.dialect != Dialect::Postgres)
    }

    /// A name of an item, also in the quotes of a text, as MySQL and SQLite take them.
    fn label(&mut self) -> Read<Name> {
        let reserved = self.is_reserved(0) && self.dialect != Dialect::Postgres;
        let token = self.token(0).filter(|_| self.is_label(0) && !reserved);
        let token = token.ok_or_else(|| self.unexpected("a name"))?;
        self.advance(1);
        Ok(Name {
            text: if token.kind == TokenKind::Word {
                self.name_text(token)
            } else {
                self.unquoted(token)
            },
            span: self.span_of(token),
        })
    }

    /// The alias of a table, which SQLite takes in the quotes of a text, too.
    pub(super) fn table_alias(&mut self) -> Read<Option<Name>> {
        let is_named = self.eat(&["AS"]);
        let quoted = self.is_text(0);
        if quoted && self.dialect == Dialect::Sqlite {
            return self.label().map(Some);
        }
        if is_named {
            return self.own_name("a name").map(Some);
        }
        let windows = self.is_word(0, "WINDOW") && self.is_plain_name(1) && self.is_word(2, "AS");
        let may = !windows
            && self.token(0).is_some_and(|token| {
                token.kind != TokenKind::Word
                    || words::may_be_table_alias(self.dialect, self.raw(token))
            });
        if may && self.is_plain_name(0) {
            return self.name("a name").map(Some);
        }
        Ok(None)
    }

    /// An operator of symbols that stands here, and its number of tokens. PostgreSQL takes as many signs as make one.
    pub(super) fn symbols(&self) -> Option<(&'a str, usize)> {
        let first = self.token(0)?;
        if first.kind != TokenKind::Symbol {
            return None;
        }
        let raw = self.raw(first);
        if self.dialect != Dialect::Postgres || !raw.chars().all(is_operator) {
            return Some(self.symbols_of_others(first));
        }
        let mut count = 1;
        let mut end = first.end;
        while let Some(next) = self.token(count) {
            let joins = next.kind == TokenKind::Symbol && next.start == end;
            if !joins || !self.raw(next).chars().all(is_operator) {
                break;
            }
            end = next.end;
            count += 1;
        }
        // An operator that ends in a sign is one only with a character that no number has.
        while count > 1 {
            let text = &self.text[first.start as usize..end as usize];
            let special = text.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']);
            if special || !text.ends_with(['+', '-']) {
                break;
            }
            count -= 1;
            end = self.token(count - 1)?.end;
        }
        Some((&self.text[first.start as usize..end as usize], count))
    }

    /// `&&`, `<<`, `>>`, `<=>`, `==`, `:=` as one.
    fn symbols_of_others(&self, first: Token) -> (&'a str, usize) {
        let own: &[&str] = match self.dialect {
            Dialect::Sqlite => &["==", "<<", ">>", "->>"],
            Dialect::Mysql => &["<=>", "&&", "<<", ">>", ":=", "->>"],
            Dialect::Postgres => &[],
        };
        let rest = &self.text[first.start as usize..];
        let Some(found) = own.iter().find(|operator| rest.starts_with(**operator)) else {
            return (self.raw(first), 1);
        };
        let end = first.start as usize + found.len();
        let mut count = 1;
        while self
            .token(count)
            .is_some_and(|next| (next.end as usize) <= end)
        {
            count += 1;
        }
        (&rest[..found.len()], count)
    }

    /// `sqlc.arg(name)`, `sqlc.narg('name')` and their kin at the token `ahead`: the word, the name and the number of tokens.
    pub(super) fn sqlc_call(&self, ahead: usize) -> Option<(&'a str, String, usize)> {
        let is_call = self.is_word(ahead, "sqlc")
            && self.is_symbol(ahead + 1, ".")
            && self.is_symbol(ahead + 3, "(")
            && self.is_symbol(ahead + 5, ")");
        if !self.parameters || !is_call {
            return None;
        }
        let (word, name) = (self.token(ahead + 2)?, self.token(ahead + 4)?);
        let is_name = name.kind == TokenKind::Word || self.is_text_token(name);
        let text = if name.kind == TokenKind::Word {
            self.raw(name).to_owned()
        } else {
            self.unquoted(name)
        };
        is_name.then(|| (self.raw(word), text, 6))
    }

    /// A placeholder that stands here, and its number of tokens.
    pub(super) fn parameter(&self) -> Option<(Parameter, usize)> {
        let first = self.token(0)?;
        if let Some((word, name, tokens)) = self.sqlc_call(0) {
            let is_value = matches!(word, "arg" | "narg");
            return is_value.then_some((Parameter::Named(name), tokens));
        }
        if !self.parameters || first.kind != TokenKind::Symbol {
            return None;
        }
        let next = self.token(1).filter(|next| next.start == first.end);
        let word = next.filter(|next| next.kind == TokenKind::Word);
        let word = word.map(|next| self.raw(next).to_owned());
        let number = next.filter(|next| next.kind == TokenKind::Number);
        let number = number.and_then(|next| self.raw(next).parse::<u32>().ok());
        let sqlite = self.dialect == Dialect::Sqlite;
        match (self.raw(first), word, number) {
            (":", Some(name), _) => Some((Parameter::Named(name), 2)),
            ("@" | "$", Some(name), _) if sqlite => Some((Parameter::Named(name), 2)),
            // sqlc's; the operator of PostgreSQL is `abs(name)`.
            ("@", Some(name), _) if self.dialect == Dialect::Postgres => {
                Some((Parameter::Named(name), 2))
            }
            ("$", _, Some(number)) if self.dialect == Dialect::Postgres => {
                Some((Parameter::Numbered(number), 2))
            }
            ("?", _, Some(number)) if sqlite => Some((Parameter::Numbered(number), 2)),
            ("?", _, _) if self.dialect != Dialect::Postgres => Some((Parameter::Next, 1)),
            _ => None,
        }
    }
}

/// Characters of PostgreSQL's operators.
pub(super) fn is_operator(sign: char) -> bool {
    "+-*/<>=~!@#%^&|`?".contains(sign)
}
