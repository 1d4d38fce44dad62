//! The sources of a query: tables, queries, functions, and their joins.

use super::cursor::Read;
use super::grammar::{JoinCondition, SourceFunctions, SourceTail};
use super::reader::Reader;
use super::tree::{Expr, Join, JoinKind, JoinOn, Source, SourceKind};
use crate::ast::name::{Name, TypeName};

/// Words that begin a join.
const JOINS: &[&str] = &["JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "NATURAL"];

impl Reader<'_> {
    /// `a JOIN b …, c`.
    pub(super) fn sources(&mut self) -> Read<Vec<Source>> {
        self.list(Self::joined)
    }

    pub(super) fn joined(&mut self) -> Read<Source> {
        let mut source = self.source()?;
        while self.at_join() {
            let join = self.join()?;
            source.joins.push(join);
        }
        Ok(source)
    }

    fn at_join(&self) -> bool {
        let straight = self.grammar.sources.straight_join && self.is_word(0, "STRAIGHT_JOIN");
        straight || self.is_any_word(0, JOINS)
    }

    fn join(&mut self) -> Read<Join> {
        let is_straight = self.is_word(0, "STRAIGHT_JOIN");
        let grammar = &self.grammar.sources;
        let (natural, kind, cross) = if grammar.join_words_in_any_order {
            self.join_words()?
        } else {
            let natural = self.eat(&["NATURAL"]);
            let (kind, cross) = self.join_kind()?;
            (natural, kind, cross)
        };
        let in_order = is_straight || cross && grammar.cross_join_keeps_order;
        let mut source = self.nested(Self::source)?;
        let is_needed = match grammar.join_condition {
            JoinCondition::Always => true,
            JoinCondition::OfOuterJoins => kind != JoinKind::Inner,
            JoinCondition::Never => false,
        };
        let needs_condition = is_needed && !natural && !cross;
        // `a JOIN b JOIN c ON … ON …`: the inner one has the first condition.
        while self.at_join() && !natural && !cross && self.has_more_conditions() {
            let join = self.nested(Self::join)?;
            source.joins.push(join);
        }
        let mut merged = None;
        let on = if natural {
            JoinOn::Natural
        } else {
            self.join_on(needs_condition, cross, &mut merged)?
        };
        Ok(Join {
            kind,
            in_order,
            on,
            merged,
            source,
        })
    }

    /// Whether the condition of the join that begins here is followed by another, which is that of the join before it.
    fn has_more_conditions(&self) -> bool {
        let mut depth = 0_usize;
        let (mut joins, mut conditions) = (0_usize, 0_usize);
        let mut ahead = 0;
        while let Some(token) = self.token(ahead) {
            match self.raw(token) {
                "(" => depth += 1,
                ")" if depth == 0 => break,
                ")" => depth -= 1,
                "," if depth == 0 => break,
                _ => {}
            }
            if depth == 0 {
                let ends = ["WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "SET"];
                if self.is_any_word(ahead, &ends) {
                    break;
                }
                joins += usize::from(self.is_word(ahead, "JOIN"));
                conditions += usize::from(self.is_any_word(ahead, &["ON", "USING"]));
                if conditions > joins {
                    return true;
                }
                if conditions == joins && joins > 0 && self.is_any_word(ahead, JOINS) {
                    return false;
                }
            }
            ahead += 1;
        }
        conditions > joins
    }

    fn join_kind(&mut self) -> Read<(JoinKind, bool)> {
        if self.grammar.sources.straight_join && self.eat(&["STRAIGHT_JOIN"]) {
            return Ok((JoinKind::Inner, false));
        }
        let cross = self.eat(&["CROSS"]);
        let kind = if cross || self.eat(&["INNER"]) {
            JoinKind::Inner
        } else if self.eat(&["LEFT"]) {
            JoinKind::Left
        } else if self.eat(&["RIGHT"]) {
            JoinKind::Right
        } else if self.grammar.sources.full_join && self.eat(&["FULL"]) {
            JoinKind::Full
        } else {
            JoinKind::Inner
        };
        if kind != JoinKind::Inner {
            self.eat(&["OUTER"]);
        }
        self.expect(&["JOIN"])?;
        Ok((kind, cross))
    }

    fn join_on(&mut self, needed: bool, cross: bool, merged: &mut Option<Name>) -> Read<JoinOn> {
        if cross && !self.grammar.sources.cross_join_condition {
            return Ok(JoinOn::Nothing);
        }
        if self.eat(&["ON"]) {
            return self.expr().map(JoinOn::Condition);
        }
        if self.eat(&["USING"]) {
            let columns =
                self.enclosed(|reader| reader.list(|reader| reader.own_name("a column's name")))?;
            if self.grammar.sources.using_alias && self.eat(&["AS"]) {
                *merged = Some(self.own_name("a name")?);
            }
            return Ok(JoinOn::Using(columns));
        }
        if needed {
            return Err(self.unexpected("`ON` or `USING`"));
        }
        Ok(JoinOn::Nothing)
    }

    /// One table, with its alias.
    fn source(&mut self) -> Read<Source> {
        let first = self.at;
        let grammar = &self.grammar.sources;
        let lateral = grammar.lateral && self.eat(&["LATERAL"]);
        let mut columns = Vec::new();
        let kind = if self.is_symbol(0, "(") {
            self.source_in_parentheses(lateral)?
        } else if self.is_words(&["ROWS", "FROM"]) && self.is_symbol(2, "(") {
            self.advance(2);
            let calls = self.enclosed(|reader| reader.list(Self::source_function))?;
            SourceKind::Functions(calls, self.eat(&["WITH", "ORDINALITY"]))
        } else if !self.at_source_function() {
            self.source_table()?
        } else if grammar.functions == SourceFunctions::TablesOfDocuments {
            self.table_of_document(&mut columns)?
        } else {
            let call = self.source_function()?;
            SourceKind::Functions(vec![call], self.eat(&["WITH", "ORDINALITY"]))
        };
        let (columns, types) = columns.into_iter().unzip();
        let mut source = Source {
            kind,
            alias: None,
            indexes: Vec::new(),
            columns,
            types,
            joins: Vec::new(),
            head: self.span_from(first),
            tail: None,
            span: self.span_from(first),
        };
        self.source_alias(&mut source)?;
        source.span = self.span_from(first);
        let is_query = matches!(source.kind, SourceKind::Query(..));
        if is_query && source.alias.is_none() && grammar.query_needs_name {
            let product = self.dialect.product();
            let message = format!("a query in FROM has no name, and {product} needs one");
            return Err(self.problem(
                source.span,
                &message,
                "write a name after it: `(SELECT …) AS t`",
            ));
        }
        Ok(source)
    }

    fn source_in_parentheses(&mut self, lateral: bool) -> Read<SourceKind> {
        if self.at_query(1) && self.query_in_parentheses() {
            let query = self.enclosed(Self::query)?;
            return Ok(SourceKind::Query(Box::new(query), lateral));
        }
        let mut sources = self.enclosed(Self::sources)?.into_iter();
        let Some(mut first) = sources.next() else {
            return Err(self.unexpected("a table"));
        };
        // `(a, b)` within parentheses is MySQL's and SQLite's cross join.
        for source in sources {
            first.joins.push(Join {
                kind: JoinKind::Inner,
                in_order: false,
                on: JoinOn::Nothing,
                merged: None,
                source,
            });
        }
        Ok(SourceKind::Joined(Box::new(first)))
    }

    fn at_source_function(&self) -> bool {
        self.at_function()
            && match self.grammar.sources.functions {
                SourceFunctions::Every => true,
                SourceFunctions::TablesOfDocuments => self.is_table_of_document(),
            }
    }

    fn at_function(&self) -> bool {
        let mut ahead = 0;
        while self.is_plain_name(ahead) && self.is_symbol(ahead + 1, ".") {
            ahead += 2;
        }
        (self.is_plain_name(ahead) && self.is_symbol(ahead + 1, "(")) || self.is_bare_function()
    }

    fn is_table_of_document(&self) -> bool {
        self.is_any_word(0, &["JSON_TABLE", "XMLTABLE"])
    }

    fn source_function(&mut self) -> Read<Expr> {
        if self.is_table_of_document() {
            let help = "select from it in a view, and read the view";
            let message = "tables out of documents are not read";
            return Err(self.problem(self.here(), message, help));
        }
        self.named()
    }

    fn source_table(&mut self) -> Read<SourceKind> {
        let grammar = &self.grammar.sources;
        let only = grammar.heirs && self.eat(&["ONLY"]);
        // A reserved word that stands for no table.
        let is_dual = grammar.dual && self.is_word(0, "DUAL");
        let name = if is_dual {
            self.object_name("a table's name")?
        } else {
            self.table_name()?
        };
        if grammar.heirs && !only {
            self.eat_symbol("*");
        }
        if grammar.parts && self.is_word(0, "PARTITION") && self.is_symbol(1, "(") {
            self.advance(1);
            self.names_in_parentheses()?;
        }
        Ok(SourceKind::Table(name))
    }

    fn source_alias(&mut self, source: &mut Source) -> Read<()> {
        // A list of columns with types needs no name before it.
        let grammar = &self.grammar.sources;
        if self.is_word(0, "AS") && self.is_symbol(1, "(") && grammar.columns_without_name {
            self.advance(1);
        } else {
            source.alias = self.table_alias()?;
        }
        let has_list = self.is_symbol(0, "(") && grammar.column_names;
        let may_have = source.alias.is_some() || matches!(source.kind, SourceKind::Functions(..));
        if has_list && may_have {
            let columns = self.enclosed(|reader| reader.list(Self::typed_column))?;
            for (name, written) in columns {
                source.columns.push(name);
                source.types.extend(written);
            }
        }
        let behind = self.at;
        match grammar.tail {
            SourceTail::Sample => self.sample()?,
            SourceTail::Index => source.indexes.extend(self.index()?),
            SourceTail::IndexHints => self.index_hints(&mut source.indexes)?,
        }
        source.tail = self.stretch_from(behind);
        Ok(())
    }

    fn typed_column(&mut self) -> Read<(Name, Option<TypeName>)> {
        let name = self.own_name("a column's name")?;
        if self.is_symbol(0, ",") || self.is_symbol(0, ")") {
            return Ok((name, None));
        }
        Ok((name, Some(self.type_name()?)))
    }
}
