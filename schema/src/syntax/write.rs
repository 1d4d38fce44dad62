//! Statements that write: `INSERT`, `UPDATE`, `DELETE`.

use super::cursor::Read;
use super::grammar::{RowOfDefaults, SourceTail, Upsert};
use super::reader::Reader;
use super::tree::{
    Assignment, Body, Conflict, ConflictAction, Delete, Expr, ExprKind, Insert, InsertSource,
    Limit, Operator, SelectItem, Source, SourceKind, Statement, Update, Values, With,
};
use crate::ast::name::Name;
use crate::lists::IntoVec as _;

/// `INSERT OR …`.
const RESOLUTIONS: &[&str] = &["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"];

impl Reader<'_> {
    /// A statement that begins here.
    pub(super) fn statement(&mut self) -> Read<Statement> {
        let first = self.at;
        let with = self.with()?;
        let grammar = &self.grammar.writes;
        if self.is_word(0, "INSERT") || (grammar.replace && self.is_word(0, "REPLACE")) {
            let insert = self.insert(with, first)?;
            return Ok(Statement::Insert(Box::new(insert)));
        }
        if self.eat(&["UPDATE"]) {
            let update = self.update(with, first)?;
            return Ok(Statement::Update(Box::new(update)));
        }
        if self.eat(&["DELETE"]) {
            let delete = self.delete(with, first)?;
            return Ok(Statement::Delete(Box::new(delete)));
        }
        if grammar.merge && self.eat(&["MERGE"]) {
            let merge = self.merge(with, first)?;
            return Ok(Statement::Merge(Box::new(merge)));
        }
        if !self.at_query(0) {
            return Err(self.unexpected("`SELECT`, `INSERT`, `UPDATE` or `DELETE`"));
        }
        let query = self.query_with(with, first)?;
        Ok(Statement::Query(Box::new(query)))
    }

    fn insert(&mut self, with: Option<With>, first: usize) -> Read<Insert> {
        let grammar = &self.grammar.writes;
        let replaces = self.is_word(0, "REPLACE");
        self.advance(1);
        let ignores = self.insert_modifiers()? || replaces;
        let table = self.table_name()?;
        let alias = if grammar.insert_alias && self.eat(&["AS"]) {
            Some(self.own_name("a name")?)
        } else {
            None
        };
        if self.grammar.sources.parts && self.eat(&["PARTITION"]) {
            self.names_in_parentheses()?;
        }
        let columns = self.insert_columns()?;
        let overriding = self.overriding()?;
        let source = self.insert_source(!columns.is_empty())?;
        if self.is_words(&["ON", "CONFLICT"]) && ends_with_table(&source) {
            self.check_conflict_after_table()?;
        }
        let mut conflicts = Vec::new();
        while self.is_words(&["ON", "CONFLICT"]) || self.is_words(&["ON", "DUPLICATE"]) {
            conflicts.push(self.conflict()?);
            if !grammar.several_conflicts {
                break;
            }
        }
        Ok(Insert {
            with,
            table,
            alias,
            columns,
            source,
            ignores,
            overriding,
            conflicts,
            returning: self.returning()?,
            span: self.span_from(first),
        })
    }

    /// `ON` after a table may begin the condition of a join.
    fn check_conflict_after_table(&self) -> Read<()> {
        if self.grammar.writes.conflict_after_table {
            return Ok(());
        }
        let help = "write a condition between: `WHERE true ON CONFLICT`";
        let product = self.dialect.product();
        let message = format!("{product} takes `ON` after a table for the condition of a join");
        Err(self.problem(self.here(), &message, help))
    }

    /// `OVERRIDING SYSTEM VALUE`.
    pub(super) fn overriding(&mut self) -> Read<bool> {
        let overriding = self.grammar.writes.overriding && self.eat(&["OVERRIDING"]);
        if overriding {
            if !self.eat_any(&["SYSTEM", "USER"]) {
                return Err(self.unexpected("`SYSTEM VALUE` or `USER VALUE`"));
            }
            self.expect(&["VALUE"])?;
        }
        Ok(overriding)
    }

    /// The words up to the table.
    fn insert_modifiers(&mut self) -> Read<bool> {
        let grammar = &self.grammar.writes;
        if grammar.priorities {
            self.eat_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"]);
            let ignores = self.eat(&["IGNORE"]);
            self.eat(&["INTO"]);
            return Ok(ignores);
        }
        let resolves = self.resolution()?;
        self.expect(&["INTO"])?;
        Ok(resolves)
    }

    /// `OR REPLACE`.
    fn resolution(&mut self) -> Read<bool> {
        let resolves = self.grammar.writes.resolutions && self.eat(&["OR"]);
        if resolves && !self.eat_any(RESOLUTIONS) {
            return Err(self.unexpected("`REPLACE` or `IGNORE`"));
        }
        Ok(resolves)
    }

    pub(super) fn insert_columns(&mut self) -> Read<Vec<Name>> {
        if !self.is_symbol(0, "(") || self.at_query(0) {
            return Ok(Vec::new());
        }
        let grammar = &self.grammar.writes;
        let may_be_empty = grammar.row_of_defaults == RowOfDefaults::EmptyLists;
        if may_be_empty && self.is_symbol(1, ")") {
            self.advance(2);
            return Ok(Vec::new());
        }
        self.enclosed(|reader| {
            reader.list(|reader| {
                let mut name = reader.own_name("a column's name")?;
                while grammar.qualified_targets && reader.eat_symbol(".") {
                    name = reader.name_behind_point("a column's name")?;
                }
                Ok(name)
            })
        })
    }

    pub(super) fn insert_source(&mut self, has_columns: bool) -> Read<InsertSource> {
        let grammar = &self.grammar.writes;
        let may_be_empty = grammar.row_of_defaults == RowOfDefaults::EmptyLists;
        if !may_be_empty && self.is_words(&["DEFAULT", "VALUES"]) {
            if has_columns {
                let help = "remove the columns, or write a value for each: `VALUES (DEFAULT)`";
                let message = "`DEFAULT VALUES` is of all columns, and some are named";
                return Err(self.problem(self.here(), message, help));
            }
            self.advance(2);
            return Ok(InsertSource::Defaults);
        }
        if grammar.insert_set && self.eat(&["SET"]) {
            return self.list(Self::assignment).map(InsertSource::Set);
        }
        if self.is_any_word(0, grammar.values) {
            self.advance(1);
            let rows = self.list(|reader| {
                let first = reader.at;
                let row = reader.enclosed(|reader| {
                    if may_be_empty && reader.is_symbol(0, ")") {
                        return Ok(Vec::new());
                    }
                    reader.list(Self::expr)
                })?;
                Ok((row, reader.span_from(first)))
            })?;
            let alias = if grammar.alias_of_values && self.eat(&["AS"]) {
                Some(self.own_name("a name")?)
            } else {
                None
            };
            return Ok(InsertSource::Values(Values { rows, alias }));
        }
        if self.at_query(0) {
            let query = self.query()?;
            return Ok(InsertSource::Query(Box::new(query)));
        }
        Err(self.unexpected("`VALUES` or `SELECT`"))
    }

    fn conflict(&mut self) -> Read<Conflict> {
        let first = self.at;
        let grammar = &self.grammar.writes;
        if grammar.upsert == Upsert::OnDuplicateKey {
            self.expect(&["ON", "DUPLICATE", "KEY", "UPDATE"])?;
            let assignments = self.list(Self::assignment)?;
            return Ok(Conflict {
                target: Vec::new(),
                target_condition: None,
                constraint: None,
                action: ConflictAction::Update(assignments, None),
                span: self.span_from(first),
            });
        }
        self.expect(&["ON", "CONFLICT"])?;
        let (mut target, mut target_condition, mut constraint) = (Vec::new(), None, None);
        if self.is_symbol(0, "(") {
            target = self.enclosed(|reader| {
                reader.list(|reader| {
                    let value = reader.expr()?;
                    reader.eat_any(&["ASC", "DESC"]);
                    Ok(value)
                })
            })?;
            target_condition = self.condition("WHERE")?;
        } else if grammar.conflict_of_constraint && self.eat(&["ON", "CONSTRAINT"]) {
            constraint = Some(self.own_name("a constraint's name")?);
        }
        self.expect(&["DO"])?;
        let action = if self.eat(&["NOTHING"]) {
            ConflictAction::Nothing
        } else {
            if target.is_empty() && constraint.is_none() && grammar.conflict_needs_key {
                let message = "`DO UPDATE` needs the key that it is about";
                let help = "write its columns: `ON CONFLICT (id) DO UPDATE`";
                return Err(self.problem(self.span_from(first), message, help));
            }
            self.expect(&["UPDATE", "SET"])?;
            let assignments = self.list(Self::assignment)?;
            ConflictAction::Update(assignments, self.condition("WHERE")?)
        };
        Ok(Conflict {
            target,
            target_condition,
            constraint,
            action,
            span: self.span_from(first),
        })
    }

    /// `a = 1`, `(a, b) = (1, 2)`.
    pub(super) fn assignment(&mut self) -> Read<Assignment> {
        let grammar = &self.grammar.writes;
        let is_row = self.is_symbol(0, "(") && grammar.row_assignments;
        let targets = if is_row {
            self.enclosed(|reader| reader.list(Self::target))?
        } else {
            vec![self.target()?]
        };
        let first = self.at;
        let other = grammar.other_assignment;
        if other.is_some() && self.symbols().map(|(text, _)| text) == other {
            self.advance(2);
        } else {
            self.expect_symbol("=")?;
        }
        let operator = Operator {
            text: "=".to_owned(),
            span: self.span_from(first),
        };
        let value = self.expr()?;
        Ok(Assignment {
            targets,
            is_row,
            operator,
            value,
        })
    }

    fn target(&mut self) -> Read<Vec<Name>> {
        let mut names = vec![self.own_name("a column's name")?];
        while self.grammar.writes.qualified_targets && self.eat_symbol(".") {
            names.push(self.name_behind_point("a column's name")?);
        }
        if self.grammar.operands.composites && self.is_symbol(0, "[") {
            let help = "set the whole array, or a field of it by a function";
            return Err(self.problem(self.here(), "parts of a column are not set", help));
        }
        Ok(names)
    }

    fn returning(&mut self) -> Read<Vec<SelectItem>> {
        if self.eat(&["RETURNING"]) {
            self.list(Self::item)
        } else {
            Ok(Vec::new())
        }
    }

    fn update(&mut self, with: Option<With>, first: usize) -> Read<Update> {
        let grammar = &self.grammar.writes;
        let mut ignores = false;
        if grammar.priorities {
            self.eat(&["LOW_PRIORITY"]);
            ignores = self.eat(&["IGNORE"]);
        }
        self.resolution()?;
        let tables = if grammar.joins {
            self.sources()?
        } else {
            vec![self.written_table()?]
        };
        self.expect(&["SET"])?;
        let assignments = self.list(Self::assignment)?;
        let from = if !grammar.joins && self.eat(&["FROM"]) {
            self.sources()?
        } else {
            Vec::new()
        };
        let condition = self.condition("WHERE")?;
        let (order, limit) = self.order_of_writes()?;
        Ok(Update {
            with,
            tables,
            ignores,
            assignments,
            from,
            condition,
            order,
            limit,
            returning: if grammar.update_returning {
                self.returning()?
            } else {
                Vec::new()
            },
            span: self.span_from(first),
        })
    }

    /// The table that is written, which is no join.
    pub(super) fn written_table(&mut self) -> Read<Source> {
        let first = self.at;
        let grammar = &self.grammar.sources;
        if grammar.heirs {
            self.eat(&["ONLY"]);
        }
        let name = self.table_name()?;
        if grammar.heirs {
            self.eat_symbol("*");
        }
        let starts = ["SET", "USING", "FROM", "WHERE", "RETURNING"];
        let may_be = self.is_word(0, "AS") || self.grammar.writes.bare_alias;
        let alias = if self.is_any_word(0, &starts) || !may_be {
            None
        } else {
            self.table_alias()?
        };
        let head = self.span_from(first);
        let behind = self.at;
        let index = if grammar.tail == SourceTail::Index {
            self.index()?
        } else {
            None
        };
        Ok(Source {
            kind: SourceKind::Table(name),
            alias,
            indexes: index.into_iter().into_vec(),
            columns: Vec::new(),
            types: Vec::new(),
            joins: Vec::new(),
            head,
            tail: self.stretch_from(behind),
            span: self.span_from(first),
        })
    }

    /// `ORDER BY` and `LIMIT` of what writes.
    fn order_of_writes(&mut self) -> Read<(Vec<super::tree::Sort>, Limit)> {
        let mut limit = Limit::default();
        if !self.grammar.writes.limits {
            return Ok((Vec::new(), limit));
        }
        let order = self.order_by()?;
        if self.eat(&["LIMIT"]) {
            limit.count = Some(self.count()?);
        }
        Ok((order, limit))
    }

    fn delete(&mut self, with: Option<With>, first: usize) -> Read<Delete> {
        let grammar = &self.grammar.writes;
        let mut delete = Delete {
            with,
            targets: Vec::new(),
            from: Vec::new(),
            using: Vec::new(),
            condition: None,
            order: Vec::new(),
            limit: Limit::default(),
            returning: Vec::new(),
            span: self.here(),
        };
        while grammar.priorities && self.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]) {}
        if grammar.joins {
            self.delete_tables(&mut delete)?;
        } else {
            self.expect(&["FROM"])?;
            delete.from = vec![self.written_table()?];
            if grammar.delete_using && self.eat(&["USING"]) {
                delete.using = self.sources()?;
            }
        }
        delete.condition = self.condition("WHERE")?;
        (delete.order, delete.limit) = self.order_of_writes()?;
        delete.returning = self.returning()?;
        delete.span = self.span_from(first);
        Ok(delete)
    }
}

impl Assignment {
    /// The parts of a value that is assigned to several columns, where they are written one by one.
    pub(crate) fn parts(&self) -> Option<&[Expr]> {
        match &self.value.kind {
            ExprKind::Row(parts) if self.is_row => Some(parts),
            _ if !self.is_row || self.targets.len() == 1 => Some(std::slice::from_ref(&self.value)),
            _ => None,
        }
    }
}

/// Whether the last of a query that is inserted are tables of `FROM`.
fn ends_with_table(source: &InsertSource) -> bool {
    let InsertSource::Query(query) = source else {
        return false;
    };
    let is_cut = query.limit.count.is_some() || query.limit.offset.is_some();
    match &query.body {
        Body::Select(select) => {
            let is_plain = select.condition.is_none()
                && select.group.is_empty()
                && select.having.is_none()
                && select.windows.is_empty();
            is_plain && !select.from.is_empty() && query.order.is_empty() && !is_cut
        }
        Body::Set(..) | Body::Values { .. } | Body::Table(_) | Body::Query(_) => false,
    }
}
