//! Walks over the tokens of one statement: looking, eating, expecting; names and texts.

use super::grammar::Grammar;
use crate::ast::name::{Name, ObjectName, SearchPath};
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::name::same_word;
use crate::read_as::ReadAs;
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Comment, Token, TokenKind};

/// Why something could not be read.
pub(crate) type Problem = Box<Diagnostic>;
/// A piece of the tree, or why there is none.
pub(crate) type Read<T> = Result<T, Problem>;

/// The tokens of one statement and a place among them.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
    pub(crate) at: usize,
    pub(crate) file: FileId,
    pub(crate) dialect: Dialect,
    pub(crate) grammar: &'static Grammar,
    /// Why the text is read in this dialect, where that is known.
    pub(crate) read_as: Option<&'a ReadAs>,
    /// All comments of the text: an expression's own text is written without them.
    pub(crate) comments: &'a [Comment],
    /// MySQL: the file's own database, which need not be said.
    pub(crate) own_database: Option<&'a str>,
    /// Where names without a schema are looked for, if the file sets a path.
    pub(crate) path: Option<&'a SearchPath>,
    /// `CREATE TABLE`, for messages.
    pub(crate) kind: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    pub(super) fn raw(&self, token: Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }

    pub(crate) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Moves on, never past the end.
    pub(crate) fn advance(&mut self, tokens: usize) {
        self.at = (self.at + tokens).min(self.tokens.len());
    }

    /// Whether the token `ahead` is this keyword. Quoted words never are.
    pub(crate) fn is_word(&self, ahead: usize, word: &str) -> bool {
        let at = self.at + ahead;
        if at >= self.tokens.len() {
            return false;
        }
        let token = &self.tokens[at];
        // The length distinguishes most words. This runs often, and build scripts are not optimised.
        (token.end - token.start) as usize == word.len()
            && matches!(token.kind, TokenKind::Word)
            && same_word(self.raw(*token), word)
    }

    pub(crate) fn is_any_word(&self, ahead: usize, words: &[&str]) -> bool {
        let mut at = 0;
        while at < words.len() {
            if self.is_word(ahead, words[at]) {
                return true;
            }
            at += 1;
        }
        false
    }

    pub(crate) fn is_words(&self, words: &[&str]) -> bool {
        let mut ahead = 0;
        while ahead < words.len() {
            if !self.is_word(ahead, words[ahead]) {
                return false;
            }
            ahead += 1;
        }
        true
    }

    pub(crate) fn is_words_at(&self, at: usize, words: &[&str]) -> bool {
        at >= self.at
            && words
                .iter()
                .enumerate()
                .all(|(ahead, word)| self.is_word(at - self.at + ahead, word))
    }

    pub(crate) fn is_symbol(&self, ahead: usize, symbol: &str) -> bool {
        self.token(ahead)
            .is_some_and(|token| token.kind == TokenKind::Symbol && self.raw(token) == symbol)
    }

    /// Eats the keywords if all of them stand here.
    pub(crate) fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.is_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    /// Eats the first of the keywords that stands here.
    pub(crate) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(&[word]))
    }

    pub(crate) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(0, symbol);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, words: &[&str]) -> Read<()> {
        if self.eat(words) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{}`", words.join(" "))))
        }
    }

    pub(crate) fn expect_symbol(&mut self, symbol: &str) -> Read<()> {
        if self.eat_symbol(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    /// Whether these words and symbols stand just before here.
    pub(crate) fn before(&self, words: &[&str]) -> bool {
        let first = self.at.checked_sub(words.len());
        let tokens = first.map_or(&[][..], |first| &self.tokens[first..self.at]);
        let pairs = || tokens.iter().zip(words);
        !tokens.is_empty()
            && pairs().all(|(&token, word)| self.raw(token).eq_ignore_ascii_case(word))
    }

    /// The bare words just before here, the last of them first.
    pub(crate) fn words_behind(&self) -> Vec<&'a str> {
        let tokens = self.tokens[..self.at].iter().rev();
        let words = tokens.take_while(|token| token.kind == TokenKind::Word);
        words.map(|token| self.raw(*token)).into_vec()
    }

    /// The place of this token, or the last one where there is none.
    pub(crate) fn here(&self) -> Span {
        let last = self.tokens.len().saturating_sub(1);
        self.span_between(self.at.min(last), self.at.min(last))
    }

    pub(super) fn span_of(&self, token: Token) -> Span {
        Span {
            file: self.file,
            start: token.start,
            end: token.end,
        }
    }

    /// From a token's index to the end of the last token eaten.
    pub(crate) fn span_from(&self, first: usize) -> Span {
        let last = self.tokens.len().saturating_sub(1);
        let eaten = self.at.saturating_sub(1).max(first).min(last);
        self.span_between(first.min(eaten), eaten)
    }

    /// The same; `None` where nothing was eaten since.
    pub(super) fn stretch_from(&self, first: usize) -> Option<Span> {
        (self.at > first).then(|| self.span_from(first))
    }

    /// The beginning of the text where there are no tokens: a type of SQLite may be no word at all.
    pub(super) fn span_between(&self, first: usize, last: usize) -> Span {
        Span {
            file: self.file,
            start: self.tokens.get(first).map_or(0, |token| token.start),
            end: self.tokens.get(last).map_or(0, |token| token.end),
        }
    }

    /// A name, quoted or not.
    pub(crate) fn name(&mut self, what: &str) -> Read<Name> {
        let token = self
            .token(0)
            .filter(|&token| self.may_be_name(token))
            .ok_or_else(|| self.unexpected(what))?;
        self.advance(1);
        let text = self.name_text(token);
        if text.is_empty() {
            return Err(self.problem(
                self.span_of(token),
                "a name cannot be empty",
                "write a name between the quotes",
            ));
        }
        Ok(Name {
            text,
            span: self.span_of(token),
        })
    }

    pub(crate) fn is_name(&self, ahead: usize) -> bool {
        self.token(ahead)
            .is_some_and(|token| self.may_be_name(token))
    }

    fn may_be_name(&self, token: Token) -> bool {
        match token.kind {
            TokenKind::Word
            | TokenKind::Backticked
            | TokenKind::DoubleQuoted
            | TokenKind::Bracketed => true,
            TokenKind::SingleQuoted => self.grammar.names.texts_are_names,
            TokenKind::Escaped
            | TokenKind::Dollar
            | TokenKind::Hex
            | TokenKind::Bits
            | TokenKind::Number
            | TokenKind::Symbol => false,
        }
    }

    /// Without quotes; in small letters where the dialect folds what is not quoted.
    pub(super) fn name_text(&self, token: Token) -> String {
        let raw = self.raw(token);
        match token.kind {
            TokenKind::Word if self.grammar.names.folds => raw.to_lowercase(),
            TokenKind::Word => raw.to_owned(),
            _ => self.unquoted(token),
        }
    }

    /// The content of anything quoted.
    pub(super) fn unquoted(&self, token: Token) -> String {
        super::unquote::content(self.raw(token), token.kind, self.grammar)
    }

    /// `schema.name`; the schemas everybody is in are dropped.
    pub(crate) fn object_name(&mut self, what: &str) -> Read<ObjectName> {
        let (schema, name) = self.parts_of_name(what)?;
        Ok(self.qualified(schema, name))
    }

    fn parts_of_name(&mut self, what: &str) -> Read<(Option<String>, Name)> {
        let mut name = self.name(what)?;
        let mut schema = None;
        while self.eat_symbol(".") {
            schema = Some(name.text);
            name = self.name(what)?;
        }
        Ok((schema, name))
    }

    /// A name after the schema that stands before its point.
    pub(crate) fn qualified(&self, schema: Option<String>, name: Name) -> ObjectName {
        let names = &self.grammar.names;
        let said = |schema: &String| {
            !names.common_schemas.contains(&schema.as_str())
                && self.own_database != Some(schema.as_str())
        };
        let in_public = schema.is_some() && schema.as_deref() == names.public_schema;
        ObjectName {
            schema: schema.filter(said),
            name,
            in_public,
            path: self.path.cloned(),
        }
    }

    /// `schema.name`, every schema kept.
    pub(crate) fn qualified_name(&mut self, what: &str) -> Read<ObjectName> {
        let (schema, name) = self.parts_of_name(what)?;
        Ok(ObjectName {
            schema,
            name,
            in_public: false,
            path: None,
        })
    }

    /// Names with commas between.
    pub(crate) fn object_names(&mut self, what: &str) -> Read<Vec<ObjectName>> {
        let mut names = vec![self.object_name(what)?];
        while self.eat_symbol(",") {
            names.push(self.object_name(what)?);
        }
        Ok(names)
    }

    /// `(a, b)`, plain columns.
    pub(crate) fn column_list(&mut self) -> Read<Vec<Name>> {
        self.expect_symbol("(")?;
        let mut names = vec![self.name("a column's name")?];
        while self.eat_symbol(",") {
            // PostgreSQL 18: `PERIOD valid` is the last column of a foreign key over time.
            if self.is_word(0, "PERIOD") && self.is_name(1) {
                self.advance(1);
            }
            names.push(self.name("a column's name")?);
        }
        self.expect_symbol(")")?;
        Ok(names)
    }

    /// A text constant.
    pub(crate) fn text_constant(&mut self) -> Read<String> {
        let token = self
            .token(0)
            .filter(|token| self.is_text_token(*token))
            .ok_or_else(|| self.unexpected("a text in quotes"))?;
        self.advance(1);
        Ok(self.unquoted(token))
    }

    pub(super) fn is_text_token(&self, token: Token) -> bool {
        match token.kind {
            TokenKind::SingleQuoted | TokenKind::Escaped | TokenKind::Dollar => true,
            TokenKind::DoubleQuoted => self.grammar.names.double_quotes_hold_texts,
            TokenKind::Word
            | TokenKind::Backticked
            | TokenKind::Bracketed
            | TokenKind::Hex
            | TokenKind::Bits => false,
            TokenKind::Number | TokenKind::Symbol => false,
        }
    }

    /// The index after the token of this index, or after the parenthesis or bracket it opens.
    pub(crate) fn behind(&self, at: usize) -> usize {
        let is = |at: usize, symbol: &str| self.is_symbol(at - self.at, symbol);
        let opens = |at: usize| is(at, "(") || is(at, "[");
        let closes = |at: usize| is(at, ")") || is(at, "]");
        let mut depth = 0_usize;
        let mut next = at;
        while next < self.tokens.len() {
            if opens(next) {
                depth += 1;
            } else if closes(next) {
                depth = depth.saturating_sub(1);
            }
            next += 1;
            if depth == 0 {
                break;
            }
        }
        next
    }

    /// Eats a pair of parentheses and gives what stands between; `None` where there is nothing.
    pub(crate) fn inside(&mut self) -> Option<Cursor<'a>> {
        if !self.is_symbol(0, "(") {
            return None;
        }
        let (first, end) = (self.at + 1, self.behind(self.at));
        self.at = end;
        self.within(first, end.saturating_sub(1))
    }

    /// The tokens from one index up to another, as if there were no others; `None` where there are none.
    pub(crate) fn within(&self, first: usize, end: usize) -> Option<Cursor<'a>> {
        let tokens = self.tokens.get(first..end)?;
        (!tokens.is_empty()).then_some(Cursor {
            text: self.text,
            tokens,
            at: 0,
            file: self.file,
            dialect: self.dialect,
            grammar: self.grammar,
            read_as: self.read_as,
            comments: self.comments,
            own_database: self.own_database,
            path: self.path,
            kind: self.kind,
        })
    }
}
