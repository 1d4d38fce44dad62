//! The names in a statement or an expression: those of its tree, or of its tokens where there is no tree.

use crate::lists::IntoVec as _;
use crate::sorting::{sort_by, sort_by_key};
use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Cursor;
use super::postgres::sequence_name;
use super::reader::look_at_expression;
use super::text::{Text, tokens_of};
use super::tree::{
    Assignment, Body, Call, ConflictAction, Expr, ExprKind, InList, Insert, InsertSource, ItemKind,
    JoinOn, MergeAction, SelectItem, Source, SourceKind, Statement,
};
use super::walk::{Node, walk_from};
use crate::ast::name::{Name, ObjectName, TypeName};
use crate::name::{same_name, same_word, words_in};
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Token, TokenKind};

/// A name in a text, or a text constant, and its place there.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) kind: SiteKind,
    /// Without quotes; a bare name of PostgreSQL in small letters.
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SiteKind {
    Column,
    /// A function that is called, without a schema.
    Function,
    /// A type without schema and arguments.
    Type,
    /// A text constant.
    Text,
    /// The text constant that `nextval` is called with.
    Sequence,
}

/// The names in an expression, in their order. Of a text without a tree every word may be a name: it is that of a column, unless it
/// is called or stands behind a cast.
pub(crate) fn sites(sql: &str, dialect: Dialect) -> Vec<Site> {
    let found = look_at_expression(sql, dialect, |_, expr| {
        let mut sites = Vec::new();
        walk_from(Node::Expr(expr), |node| {
            if let Node::Expr(expr) = node {
                of_expr(expr, &mut sites);
            }
        });
        sort_by_key(&mut sites, |site| site.range.start);
        sites
    });
    found.unwrap_or_else(|_| of_tokens(sql, dialect, false))
}

/// The expression without the name of its own table before columns: `t.a > 0` is `a > 0`, which stays right while the table is called
/// otherwise.
pub(crate) fn without_own_table<'s>(sql: &'s str, table: &str, dialect: Dialect) -> Cow<'s, str> {
    if !sql.contains('.') {
        return Cow::Borrowed(sql);
    }
    let found = look_at_expression(sql, dialect, |_, expr| {
        let mut qualifiers = Vec::new();
        walk_from(Node::Expr(expr), |node| {
            if let Node::Expr(expr) = node
                && let ExprKind::Column(names) = &expr.kind
                && let [first, .., column] = names.as_slice()
                && same_name(&names[names.len() - 2].text, table, dialect)
            {
                qualifiers.push(first.span.start as usize..column.span.start as usize);
            }
        });
        sort_by_key(&mut qualifiers, |range| range.start);
        qualifiers
    });
    let mut without = Cow::Borrowed(sql);
    for range in found.unwrap_or_default().into_iter().rev() {
        without.to_mut().replace_range(range, "");
    }
    without
}

/// The sequences whose next values an expression takes: without schemas, in small letters.
pub(crate) fn sequences_of(sql: &str, dialect: Dialect) -> Vec<String> {
    let sites = sites(sql, dialect).into_iter();
    let named = sites.filter(|site| site.kind == SiteKind::Sequence);
    let names = named.filter_map(|site| sequence_name(&site.text));
    names.map(|name| name.to_lowercase()).into_vec()
}

/// The text by which a call names a sequence, and its place.
pub(crate) fn sequence_argument(call: &Call) -> Option<(&str, Span)> {
    let value = call.arguments.first()?.value.without_casts();
    match &value.kind {
        ExprKind::Text(text) => Some((text, value.span)),
        _ => None,
    }
}

/// The places where these words and signs stand one after the other in a statement, in its own order: what stands in texts and comments
/// is none of them. `*` is any token.
///
/// ```
/// use bindery_schema::dialect::Dialect;
/// use bindery_schema::diff::places_of_words;
///
/// let sql = "CREATE TABLE `t` (`a` int COMMENT ' AUTO_INCREMENT=1') AUTO_INCREMENT=17 CHARSET=utf8mb4";
/// let places = places_of_words(sql, Dialect::Mysql, &["AUTO_INCREMENT", "=", "*"]);
/// assert_eq!(places.len(), 1);
/// assert_eq!(&sql[places[0].clone()], "AUTO_INCREMENT=17");
/// ```
#[cfg(feature = "diff")]
pub fn places_of_words(sql: &str, dialect: Dialect, words: &[&str]) -> Vec<Range<usize>> {
    let tokens = tokens_of(sql, dialect);
    let cursor = Text::of(sql, &tokens, dialect).cursor();
    let is_word = |(token, word): (&Token, &&str)| {
        *word == "*" || cursor.raw(*token).eq_ignore_ascii_case(word)
    };
    let runs = tokens.windows(words.len());
    let found = runs.filter(|run| run.iter().zip(words).all(is_word));
    let place = |run: &[Token]| run[0].start as usize..run[run.len() - 1].end as usize;
    found.map(place).into_vec()
}

fn site(kind: SiteKind, text: &str, span: Span) -> Site {
    Site {
        kind,
        text: text.to_owned(),
        range: span.start as usize..span.end as usize,
    }
}

fn of_expr(expr: &Expr, sites: &mut Vec<Site>) {
    let mut add = |kind, text: &str, span| sites.push(site(kind, text, span));
    match &expr.kind {
        ExprKind::Column(names) => {
            if let Some(name) = names.last() {
                add(SiteKind::Column, &name.text, name.span);
            }
        }
        ExprKind::Call(call) => {
            if let ([name], false) = (call.name.as_slice(), call.bare) {
                add(SiteKind::Function, &name.text, name.span);
            }
            if call.function() == "nextval"
                && let Some((text, span)) = sequence_argument(call)
            {
                add(SiteKind::Sequence, text, span);
            }
        }
        ExprKind::Cast(cast) => add_type(&cast.to, sites),
        ExprKind::Typed(of, _) => add_type(of, sites),
        ExprKind::Text(text) => add(SiteKind::Text, text, expr.span),
        _ => {}
    }
}

fn add_type(of: &TypeName, sites: &mut Vec<Site>) {
    if of.schema.is_none() && of.arguments.is_empty() {
        sites.push(site(SiteKind::Type, &of.name, of.span));
    }
}

fn of_tokens(sql: &str, dialect: Dialect, is_definition: bool) -> Vec<Site> {
    let tokens = tokens_of(sql, dialect);
    sites_from(Text::of(sql, &tokens, dialect).cursor(), is_definition)
}

/// The same from a place on.
pub(super) fn sites_from(mut cursor: Cursor<'_>, is_definition: bool) -> Vec<Site> {
    let mut sites = Vec::new();
    while let Some(token) = cursor.token(0) {
        let is_name = cursor.is_name(0) && !cursor.is_text_token(token);
        if let Some(kind) = is_name.then(|| kind_of_name(&cursor, is_definition)) {
            sites.push(site(kind, &cursor.name_text(token), cursor.span_of(token)));
        } else if cursor.is_text_token(token) && cursor.before(&["nextval", "("]) {
            let text = cursor.unquoted(token);
            sites.push(site(SiteKind::Sequence, &text, cursor.span_of(token)));
        }
        cursor.advance(1);
    }
    sites
}

fn kind_of_name(cursor: &Cursor<'_>, is_definition: bool) -> SiteKind {
    const BEHIND_TYPE: [&str; 9] = [
        "AS",
        "COLLATE",
        "COST",
        "DEFAULT",
        "IMMUTABLE",
        "LANGUAGE",
        "STABLE",
        "STRICT",
        "VOLATILE",
    ];
    let is_word = |token: Token| token.kind == TokenKind::Word;
    let is_last = || !cursor.is_name(1) || cursor.is_any_word(1, &BEHIND_TYPE);
    if cursor.before(&["."]) || cursor.is_symbol(1, ".") {
        SiteKind::Column
    } else if cursor.is_symbol(1, "(") && cursor.token(0).is_some_and(is_word) {
        SiteKind::Function
    } else if cursor.before(&["::"]) || cursor.before(&["as"]) || (is_definition && is_last()) {
        SiteKind::Type
    } else {
        SiteKind::Column
    }
}

impl Cursor<'_> {
    /// Every name that the tokens from `first` up to here may mention, in lower case; of texts their words, as a
    /// function's body and `nextval('name')` are texts.
    pub(crate) fn words(&self, first: usize) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for &token in &self.tokens[first..self.at] {
            let text = self.unquoted(token);
            match token.kind {
                TokenKind::Word
                | TokenKind::Backticked
                | TokenKind::Bracketed
                | TokenKind::DoubleQuoted => words.push(text.to_lowercase()),
                TokenKind::SingleQuoted | TokenKind::Escaped | TokenKind::Dollar => {
                    words.extend(words_in(&text));
                }
                TokenKind::Hex | TokenKind::Bits | TokenKind::Number | TokenKind::Symbol => {}
            }
        }
        sort_by(&mut words, Ord::cmp);
        words.dedup();
        words
    }
}

/// Every name that a text may mention, in lower case.
pub(crate) fn words_of(sql: &str, dialect: Dialect) -> Vec<String> {
    let tokens = tokens_of(sql, dialect);
    let mut cursor = Text::of(sql, &tokens, dialect).cursor();
    cursor.at = tokens.len();
    cursor.words(0)
}

/// A table or view that a statement names.
#[derive(Debug)]
pub(crate) struct NamedTable {
    pub(crate) name: ObjectName,
    /// The name it goes by.
    pub(crate) alias: Option<Name>,
    /// Its columns have other names: `FROM t AS u (a, b)`.
    pub(crate) names_columns: bool,
}

/// A column that a statement names.
#[derive(Debug)]
pub(crate) struct NamedColumn {
    /// The name before its point.
    pub(crate) qualifier: Option<String>,
    /// `None` for all: `*`, `a.*`.
    pub(crate) column: Option<String>,
}

/// The names in a statement.
#[derive(Debug, Default)]
pub struct Names {
    /// Those of `WITH` left out.
    pub(crate) tables: Vec<NamedTable>,
    pub(crate) columns: Vec<NamedColumn>,
    functions: Vec<String>,
}

impl Names {
    /// The names in what reads or writes rows.
    pub(crate) fn of_rows(statement: &Statement) -> Self {
        Self::of_part(Node::Statement(statement))
    }

    /// The same of a part of it.
    pub(super) fn of_part(part: Node<'_>) -> Self {
        let (mut names, mut common) = (Self::default(), Vec::new());
        walk_from(part, |node| match node {
            Node::Common(table) => common.push(table.name.text.as_str()),
            Node::Statement(statement) => names.of_statement(statement),
            Node::Body(Body::Table(table)) => names.table(table),
            Node::Body(Body::Select(select)) => names.stars(&select.items),
            Node::Source(source) => names.of_source(source),
            Node::Expr(expr) => names.of_expr(expr),
            Node::Body(_) | Node::Query(_) => {}
        });
        names.tables.retain(|table| {
            let (name, mut common) = (&table.name.name.text, common.iter());
            table.name.schema.is_some() || !common.any(|known| known.eq_ignore_ascii_case(name))
        });
        names
    }

    /// Every name that the tokens of a text may be. Statements without a tree are looked at so, and nothing else: what grants rights,
    /// makes functions, changes settings.
    pub(crate) fn of_tokens(sql: &str, dialect: Dialect) -> Self {
        let mut names = Self::default();
        for site in of_tokens(sql, dialect, false) {
            let text = site.text.to_lowercase();
            if site.kind == SiteKind::Function {
                names.functions.push(text.clone());
            } else {
                names.column(&[], Some(&text));
            }
            names.table(&bare(&text));
        }
        names
    }

    /// Of tables and views, in small letters.
    pub fn table_names(&self) -> Vec<String> {
        let tables = self.tables.iter();
        let names = tables.map(|table| table.name.name.text.to_lowercase());
        names.into_vec()
    }

    /// Of columns, in small letters.
    pub fn column_names(&self) -> Vec<String> {
        let columns = self.columns.iter().filter_map(|one| one.column.as_ref());
        columns.map(|column| column.to_lowercase()).into_vec()
    }

    /// Of functions that are called, in small letters.
    pub fn function_names(&self) -> &[String] {
        &self.functions
    }

    fn table(&mut self, name: &ObjectName) {
        self.tables.push(NamedTable {
            name: name.clone(),
            alias: None,
            names_columns: false,
        });
    }

    fn column(&mut self, before: &[Name], column: Option<&str>) {
        self.columns.push(NamedColumn {
            qualifier: before.last().map(|name| name.text.clone()),
            column: column.map(str::to_owned),
        });
    }

    fn columns<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>) {
        for name in names {
            self.column(&[], Some(&name.text));
        }
    }

    fn stars(&mut self, items: &[SelectItem]) {
        for item in items {
            match &item.kind {
                ItemKind::All => self.column(&[], None),
                ItemKind::AllOf(names) => self.column(names, None),
                ItemKind::AllOfRow(_) | ItemKind::Value(..) => {}
            }
        }
    }

    fn of_source(&mut self, source: &Source) {
        if let SourceKind::Table(name) = &source.kind {
            self.tables.push(NamedTable {
                name: name.clone(),
                alias: source.alias.clone(),
                names_columns: !source.columns.is_empty(),
            });
        }
        for join in &source.joins {
            if let JoinOn::Using(columns) = &join.on {
                self.columns(columns);
            }
        }
    }

    fn of_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Column(names) => {
                if let Some((column, before)) = names.split_last() {
                    self.column(before, Some(&column.text));
                }
            }
            ExprKind::Call(call) => self.functions.push(call.function().to_lowercase()),
            ExprKind::In(list) => {
                if let InList::Table(names) = &list.list
                    && let Some((table, before)) = names.split_last()
                {
                    let schema = before.last().map(|name| name.text.clone());
                    self.table(&ObjectName {
                        schema: schema.filter(|schema| !same_word(schema, "main")),
                        ..bare(&table.text)
                    });
                }
            }
            _ => {}
        }
    }

    fn assigned(&mut self, assignments: &[Assignment]) {
        let targets = assignments.iter().flat_map(|one| &one.targets);
        self.columns(targets.filter_map(|target| target.last()));
    }

    fn of_insert(&mut self, insert: &Insert) {
        self.table(&insert.table);
        self.columns(&insert.columns);
        if let InsertSource::Set(assignments) = &insert.source {
            self.assigned(assignments);
        }
        for conflict in &insert.conflicts {
            if let ConflictAction::Update(assignments, _) = &conflict.action {
                self.assigned(assignments);
            }
        }
    }

    fn of_statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Query(_) => {}
            Statement::Insert(insert) => self.of_insert(insert),
            Statement::Merge(merge) => {
                for when in &merge.whens {
                    match &when.action {
                        MergeAction::Nothing | MergeAction::Delete => {}
                        MergeAction::Update(assignments) => self.assigned(assignments),
                        MergeAction::Insert(insert) => self.of_insert(insert),
                    }
                }
            }
            Statement::Update(update) => self.assigned(&update.assignments),
            Statement::Delete(delete) => {
                delete.targets.iter().for_each(|table| self.table(table));
            }
        }
    }
}

/// A name without a schema, in no file.
fn bare(text: &str) -> ObjectName {
    let span = Span {
        file: FileId(0),
        start: 0,
        end: 0,
    };
    let text = text.to_owned();
    ObjectName {
        schema: None,
        name: Name { text, span },
        in_public: false,
        path: None,
    }
}
