//! Splits a text into statements, as the database's own shell would: delimiters, bodies of triggers and routines,
//! lines that belong to the shell, data lines of `COPY`.

use crate::dialect::{Dialect, Flavour};
use crate::name::same_word;

use super::lex::{Comment, Lexer, Token, TokenKind, Unclosed};

/// How deep parentheses may nest in a statement that is read, and how many operators may stand before one value. SQLite's
/// parser takes fewer than 100 of either, MariaDB under 1,000 operators, PostgreSQL under 10,000 (tried with SQLite
/// 3.40, MariaDB
/// 10.11, PostgreSQL 15).
pub const DEPTH_LIMIT: usize = 64;

/// Functions of PostGIS and of Citus that change tables, each called by a SELECT of its own.
const CHANGING_FUNCTIONS: [&str; 6] = [
    "AddGeometryColumn",
    "create_distributed_table",
    "create_distributed_table_concurrently",
    "create_reference_table",
    "alter_distributed_table",
    "undistribute_table",
];

/// One statement without its delimiter.
#[derive(Debug, Clone)]
pub struct RawStatement {
    /// All tokens of a statement that may matter; the first few of any other.
    pub tokens: Vec<Token>,
    /// The end of the last token.
    pub end: u32,
    /// The parenthesis or operator that is one too deep.
    pub too_deep: Option<Token>,
    /// A `CREATE TABLE` within that begins a line: perhaps a delimiter was forgotten before it.
    pub swallowed_table: Option<Token>,
}

impl RawStatement {
    /// The start of the first token.
    pub fn start(&self) -> u32 {
        self.tokens[0].start
    }
}

/// A whole text, split.
#[derive(Debug)]
pub struct Split {
    /// In their order.
    pub statements: Vec<RawStatement>,
    /// All of the text, in their order.
    pub comments: Vec<Comment>,
    /// Quotes and comments that have no end.
    pub unclosed: Vec<Unclosed>,
}

/// Splits a text.
pub fn split(text: &str, dialect: Dialect, flavour: Option<Flavour>) -> Split {
    let mut splitter = Splitter {
        text,
        dialect,
        lexer: Lexer::new(text, dialect).with_flavour(flavour),
        statements: Vec::new(),
        open: Open::default(),
    };
    while splitter.lexer.skip_blanks() {
        splitter.step();
    }
    splitter.finish();
    Split {
        statements: splitter.statements,
        comments: splitter.lexer.comments,
        unclosed: splitter.lexer.unclosed,
    }
}

struct Splitter<'a> {
    text: &'a str,
    dialect: Dialect,
    lexer: Lexer<'a>,
    statements: Vec<RawStatement>,
    open: Open,
}

/// The statement being collected.
#[derive(Default)]
struct Open {
    tokens: Vec<Token>,
    end: u32,
    depth: usize,
    /// Operators that stand before one value, so far.
    signs: usize,
    too_deep: Option<Token>,
    swallowed_table: Option<Token>,
    keeps: bool,
    body: Body,
    /// The last two tokens, kept or not.
    last: [Option<Token>; 2],
}

/// The kind of body that may hold delimiters.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// None, or not known yet.
    #[default]
    None,
    /// SQLite: ends with `; END ;`, as its shell has it.
    SqliteTrigger,
    /// Nested blocks, counted.
    Routine(u32),
    /// PostgreSQL: actions in parentheses.
    Rule,
}

impl Splitter<'_> {
    fn step(&mut self) {
        let starts = self.open.tokens.is_empty();
        if (starts && self.shell_line()) || self.psql_line() {
            return;
        }
        if self.lexer.at_delimiter() {
            return self.delimiter();
        }
        let token = self.lexer.token();
        self.push(token);
    }

    /// `DELIMITER $$` in MySQL, `.read` in SQLite: lines for the shell.
    fn shell_line(&mut self) -> bool {
        let rest = &self.text[self.lexer.at..];
        match self.dialect {
            Dialect::Sqlite if rest.starts_with('.') => self.lexer.skip_line(),
            Dialect::Mysql if has_word(rest, "delimiter") => {
                let start = self.lexer.at + "delimiter".len();
                self.lexer.skip_line();
                let wanted = self.text[start..self.lexer.at].trim();
                self.lexer.delimiter = if wanted.is_empty() { ";" } else { wanted };
            }
            Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql => return false,
        }
        true
    }

    /// `\connect`, `\restrict`, …; `\g` ends a statement as well.
    fn psql_line(&mut self) -> bool {
        if self.dialect != Dialect::Postgres || !self.text[self.lexer.at..].starts_with('\\') {
            return false;
        }
        let ends = self.text[self.lexer.at..].starts_with("\\g");
        self.lexer.skip_line();
        if ends {
            self.finish();
        }
        true
    }

    fn delimiter(&mut self) {
        if self.body_goes_on() {
            let token = self.lexer.token();
            return self.push(token);
        }
        self.lexer.at += self.lexer.delimiter.len();
        let copies = self.reads_copy_data();
        self.finish();
        if copies {
            self.skip_copy_data();
        }
    }

    fn body_goes_on(&self) -> bool {
        match self.open.body {
            Body::None => false,
            Body::SqliteTrigger => {
                let [before, last] = self.open.last;
                !(self.is_word(last, "END")
                    && before.is_some_and(|token| self.text_of(token) == ";"))
            }
            Body::Routine(blocks) => blocks > 0,
            Body::Rule => self.open.depth > 0,
        }
    }

    fn push(&mut self, token: Token) {
        self.open.end = token.end;
        self.count_parentheses(token);
        self.count_signs(token);
        if token.kind == TokenKind::Word {
            self.look_for_table(token);
            self.look_at_word(token);
        }
        if self.open.keeps || self.open.tokens.len() < 8 {
            self.open.tokens.push(token);
        }
        self.open.last = [self.open.last[1], Some(token)];
    }

    fn count_parentheses(&mut self, token: Token) {
        if token.kind != TokenKind::Symbol {
            return;
        }
        match self.text_of(token) {
            "(" => {
                self.open.depth += 1;
                if self.open.depth > DEPTH_LIMIT && self.open.keeps {
                    self.open.too_deep.get_or_insert(token);
                }
            }
            ")" => self.open.depth = self.open.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn count_signs(&mut self, token: Token) {
        let is_sign = match token.kind {
            TokenKind::Symbol => matches!(self.text_of(token), "-" | "+" | "~" | "!"),
            TokenKind::Word => self.is_word(Some(token), "NOT"),
            TokenKind::Backticked
            | TokenKind::DoubleQuoted
            | TokenKind::Bracketed
            | TokenKind::SingleQuoted
            | TokenKind::Escaped
            | TokenKind::Dollar
            | TokenKind::Hex
            | TokenKind::Bits
            | TokenKind::Number => false,
        };
        self.open.signs = if is_sign { self.open.signs + 1 } else { 0 };
        if self.open.signs > DEPTH_LIMIT && self.open.keeps {
            self.open.too_deep.get_or_insert(token);
        }
    }

    fn look_for_table(&mut self, token: Token) {
        if let [Some(_), Some(verb)] = self.open.last
            && self.is_word(Some(token), "TABLE")
            && self.is_word(Some(verb), "CREATE")
            && self.begins_line(verb)
        {
            self.open.swallowed_table.get_or_insert(verb);
        }
    }

    fn begins_line(&self, token: Token) -> bool {
        let before = self.text.as_bytes()[..token.start as usize].iter();
        let mut before = before.rev().skip_while(|byte| matches!(byte, b' ' | b'\t'));
        before.next() == Some(&b'\n')
    }

    fn look_at_word(&mut self, token: Token) {
        if self.open.tokens.is_empty() {
            self.open.keeps = KEPT.iter().any(|word| self.is_word(Some(token), word));
        } else if self.open.tokens.len() < 4
            && (self.is_changing_function(token) || self.is_set_for_statement(token))
        {
            self.open.keeps = true;
        } else if self.open.tokens.len() < 12
            && self.open.body == Body::None
            && self.begins_with("CREATE")
        {
            self.open.body = self.body_of(token);
        } else if let Body::Routine(blocks) = self.open.body {
            self.open.body = Body::Routine(self.count_blocks(token, blocks));
        }
    }

    fn is_changing_function(&self, token: Token) -> bool {
        let mut names = CHANGING_FUNCTIONS.iter();
        self.begins_with("SELECT") && names.any(|name| self.is_word(Some(token), name))
    }

    /// MariaDB's `SET STATEMENT … FOR ALTER TABLE …`.
    fn is_set_for_statement(&self, token: Token) -> bool {
        let is_second = self.open.tokens.len() == 1;
        is_second && self.begins_with("SET") && self.is_word(Some(token), "STATEMENT")
    }

    /// Which body follows, by the first word that names a kind of object.
    fn body_of(&self, token: Token) -> Body {
        let bodies: &[(&str, Body)] = match self.dialect {
            Dialect::Sqlite => &[("TRIGGER", Body::SqliteTrigger)],
            Dialect::Postgres => &[
                ("FUNCTION", Body::Routine(0)),
                ("PROCEDURE", Body::Routine(0)),
                ("RULE", Body::Rule),
            ],
            Dialect::Mysql => &[
                ("TRIGGER", Body::Routine(0)),
                ("FUNCTION", Body::Routine(0)),
                ("PROCEDURE", Body::Routine(0)),
                ("EVENT", Body::Routine(0)),
            ],
        };
        let found = bodies
            .iter()
            .find(|(word, _)| self.is_word(Some(token), word));
        let plain = || {
            let mut before = self.open.tokens[1..].iter();
            before.all(|&before| !ends_search(self.text_of(before)))
        };
        match found {
            Some((_, body)) if self.lexer.delimiter == ";" && plain() => *body,
            Some(_) | None => Body::None,
        }
    }

    /// `BEGIN`, `CASE` open a block and `END` closes one; `END IF` and its kin close what is not counted.
    fn count_blocks(&self, token: Token, blocks: u32) -> u32 {
        let mysql = self.dialect == Dialect::Mysql;
        let after_end = self.is_word(self.open.last[1], "END");
        let uncounted = ["IF", "LOOP", "WHILE", "REPEAT"];
        if self.is_word(Some(token), "END") {
            return blocks.saturating_sub(1);
        }
        let opens = (after_end
            && mysql
            && uncounted.iter().any(|word| self.is_word(Some(token), word)))
            || (self.is_word(Some(token), "CASE") && blocks > 0 && !after_end)
            || (mysql && self.is_word(Some(token), "BEGIN"))
            || (self.is_word(Some(token), "ATOMIC") && self.is_word(self.open.last[1], "BEGIN"));
        blocks + u32::from(opens)
    }

    fn finish(&mut self) {
        let open = std::mem::take(&mut self.open);
        if !open.tokens.is_empty() {
            self.statements.push(RawStatement {
                tokens: open.tokens,
                end: open.end,
                too_deep: open.too_deep,
                swallowed_table: open.swallowed_table,
            });
        }
    }

    fn reads_copy_data(&self) -> bool {
        let stdin = |pair: &[Token]| {
            self.is_word(Some(pair[0]), "FROM") && self.is_word(Some(pair[1]), "STDIN")
        };
        self.dialect == Dialect::Postgres
            && self.begins_with("COPY")
            && self.open.tokens.windows(2).any(stdin)
    }

    /// To after the line `\.`, or to the end.
    fn skip_copy_data(&mut self) {
        self.lexer.skip_line();
        while self.lexer.at < self.text.len() {
            self.lexer.at += 1;
            let start = self.lexer.at;
            self.lexer.skip_line();
            if self.text.as_bytes()[start..self.lexer.at].trim_ascii_end() == b"\\." {
                return;
            }
        }
    }

    fn begins_with(&self, word: &str) -> bool {
        self.is_word(self.open.tokens.first().copied(), word)
    }

    fn is_word(&self, token: Option<Token>, word: &str) -> bool {
        token.is_some_and(|token| {
            (token.end - token.start) as usize == word.len()
                && token.kind == TokenKind::Word
                && same_word(self.text_of(token), word)
        })
    }

    fn text_of(&self, token: Token) -> &str {
        &self.text[token.start as usize..token.end as usize]
    }
}

/// Statements that begin so are kept whole.
const KEPT: [&str; 6] = ["CREATE", "ALTER", "DROP", "COMMENT", "RENAME", "COPY"];

/// A word after which no other can name the kind of object.
fn ends_search(word: &str) -> bool {
    const OBJECTS: [&str; 6] = ["TABLE", "VIEW", "INDEX", "TYPE", "DOMAIN", "SEQUENCE"];
    OBJECTS.iter().any(|object| same_word(object, word))
}

fn has_word(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= word.len()
        && bytes[..word.len()].eq_ignore_ascii_case(word.as_bytes())
        && bytes.get(word.len()).is_none_or(u8::is_ascii_whitespace)
}
