//! Statements that write.

use super::checker::{Checker, Clause};
use super::findings;
use super::names::{NameKind, Named};
use super::postgres::{Context, can_cast};
use super::query::is_number;
use super::scope::{Common, Field, Fields, Relation, Scope};
use super::value::{Constant, Ty, Value};
use crate::ast::{Name, ObjectName};
use crate::dialect::Dialect;
use crate::model::{Column, Generated, TableId};
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{
    Assignment, Conflict, ConflictAction, Delete, Expr, ExprKind, Insert, InsertSource, Item,
    Update, With,
};
use bindery_core::dialect::Flavour;

impl Checker<'_> {
    pub(super) fn insert(&mut self, insert: &Insert, common: &Common) -> Fields {
        let common = self.common_of(insert.with.as_ref(), common);
        let id = self.written_table(&insert.table)?;
        let relation = self.relation_of(id, &insert.table);
        self.inserted(id, insert, &Scope::of(&common, None));
        let mut own = relation;
        if let Some(alias) = &insert.alias {
            own.name = Some(alias.text.clone());
        }
        for conflict in &insert.conflicts {
            self.conflict(id, conflict, insert, &own, &common);
        }
        self.returning(&insert.returning, vec![own], &common)
    }

    /// The row that is inserted, or each of them, as far as it is written in values of a scope.
    pub(super) fn inserted(&mut self, id: TableId, insert: &Insert, scope: &Scope<'_>) {
        let written = self.written_columns(id, insert);
        if insert.columns.is_empty() || written.len() == insert.columns.len() {
            self.check_left_out(id, &written, insert);
        }
        let places: Vec<usize> = written.iter().flatten().copied().collect();
        self.check_written_view((id, "insert"), &places, insert.table.name.span);
        self.ignores = insert.ignores && self.dialect == Dialect::Mysql;
        self.insert_source(id, insert, &written, scope);
        self.ignores = false;
    }

    fn common_of(&mut self, with: Option<&With>, common: &Common) -> Common {
        match with {
            Some(with) => self.with(with, None, common),
            None => common.clone(),
        }
    }

    /// The table that is written; what is wrong is reported.
    fn written_table(&mut self, name: &ObjectName) -> Option<TableId> {
        if let Named::Table(id) = self.names.table(name) {
            return Some(id);
        }
        self.table(name, &Common::default());
        None
    }

    /// The places of the columns that are written, in their order; `None` is SQLite's number of the row.
    fn written_columns(&mut self, id: TableId, insert: &Insert) -> Vec<Option<usize>> {
        let names: Vec<Name> = match &insert.source {
            InsertSource::Set(assignments) => {
                let targets = assignments.iter().flat_map(|one| &one.targets);
                targets
                    .filter_map(|target| target.last().cloned())
                    .collect()
            }
            _ => insert.columns.clone(),
        };
        if !names.is_empty() {
            let twice = names.iter().enumerate().find(|(at, name)| {
                let before = names[..*at].iter();
                let mut before = before.map(|one| same_name(&one.text, &name.text, self.dialect));
                before.any(|same| same)
            });
            if let (Some((_, name)), false) = (twice, self.dialect == Dialect::Sqlite) {
                self.report(findings::column_twice(name));
            }
            let found = names.iter().enumerate().map(|(at, name)| {
                if self.is_hidden(id, name) {
                    return Some(None);
                }
                let is_default = is_default(&insert.source, at);
                let found = self.written_column(id, name, insert.overriding, is_default);
                found.map(Some)
            });
            return found.collect::<Vec<_>>().into_iter().flatten().collect();
        }
        let table = self.model.table(id);
        let given = |column: &Column| !matches!(column.generated, Generated::Computed { .. });
        let count = match &insert.source {
            InsertSource::Values(values) => values.rows.first().map_or(0, |(row, _)| row.len()),
            InsertSource::Defaults => 0,
            _ => table.columns.len(),
        };
        // PostgreSQL takes fewer values than there are columns.
        let all = (0..table.columns.len())
            .filter(|at| self.dialect == Dialect::Postgres || given(&table.columns[*at]));
        match self.dialect {
            Dialect::Postgres => all.take(count).map(Some).collect(),
            Dialect::Sqlite | Dialect::Mysql if count == 0 => Vec::new(),
            Dialect::Sqlite | Dialect::Mysql => all.map(Some).collect(),
        }
    }

    /// The place of a column that is written. What the database fills by itself takes `DEFAULT` alone.
    fn written_column(
        &mut self,
        id: TableId,
        name: &Name,
        overriding: bool,
        is_default: bool,
    ) -> Option<usize> {
        let table = self.model.table(id);
        let mut columns = table.columns.iter();
        let found = columns.position(|column| same_name(&column.name, &name.text, self.dialect));
        let Some(at) = found else {
            let known: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
            let of = table.name.name.clone();
            self.report_name(name, NameKind::Column(Some(of)), known);
            return None;
        };
        match &table.columns[at].generated {
            _ if is_default => {}
            Generated::Computed { .. } => {
                self.report(findings::computed_column(name));
            }
            Generated::Key { always: true } if !overriding => {
                self.report(findings::given_identity(name));
            }
            _ => {}
        }
        Some(at)
    }

    /// Whether a name is that of SQLite's number of a row, or the one by which a full-text table takes commands.
    fn is_hidden(&self, id: TableId, name: &Name) -> bool {
        let table = self.model.table(id);
        let is = |own: &str| own.eq_ignore_ascii_case(&name.text);
        let numbers = ["rowid", "oid", "_rowid_"].into_iter().any(is) && !table.without_rowid;
        let commands = table.unmanaged && is(&table.name.name);
        let has = table.columns.iter().any(|column| is(&column.name));
        self.dialect == Dialect::Sqlite && (numbers || commands) && !has
    }

    /// Whether the database cannot fill a column by itself.
    fn is_needed(&self, id: TableId, at: usize) -> bool {
        let column = &self.model.table(id).columns[at];
        !column.nullable
            && column.default.is_none()
            && matches!(column.generated, Generated::No)
            && !column.on_update_now
            && !self.is_row_id(id, at)
    }

    /// Columns that the database cannot fill by itself.
    fn check_left_out(&mut self, id: TableId, written: &[Option<usize>], insert: &Insert) {
        let table = self.model.table(id);
        let all = table.columns.iter().enumerate();
        let left = all.filter(|(at, _)| self.is_needed(id, *at) && !written.contains(&Some(*at)));
        let left: Vec<String> = left.map(|(_, column)| column.name.clone()).collect();
        if !left.is_empty() && !insert.ignores {
            let name = table.name.name.clone();
            self.report(findings::left_out(&name, &left, insert.table.name.span));
        }
    }

    fn insert_source(
        &mut self,
        id: TableId,
        insert: &Insert,
        written: &[Option<usize>],
        scope: &Scope<'_>,
    ) {
        let common = &scope.common;
        let number = Value::new(self.count_type(), false, insert.span);
        let of = |at: &Option<usize>| at.map(|at| self.value_of_column(id, at));
        let wanted = written.iter().map(|at| of(at).unwrap_or(number.clone()));
        let wanted: Vec<Value> = wanted.collect();
        match &insert.source {
            InsertSource::Defaults => {}
            InsertSource::Values(values) => {
                // A column that is not there was reported.
                let count = insert.columns.len().max(written.len());
                for (row, span) in &values.rows {
                    if row.len() != count {
                        self.report(findings::number_of_values(count, row.len(), *span));
                        continue;
                    }
                    for (value, at) in row.iter().zip(written) {
                        self.within(Clause::Values, |checker| {
                            checker.written_value(value, id, *at, scope);
                        });
                    }
                }
            }
            InsertSource::Query(query) => {
                let fields = self.query(query, None, common, Some(&wanted));
                let Some(fields) = fields else { return };
                if fields.len() != written.len() {
                    let finding =
                        findings::number_of_values(written.len(), fields.len(), query.span);
                    return self.report(finding);
                }
                for (field, at) in fields.iter().zip(written) {
                    if let Some(at) = at {
                        self.check_written(&field.value, id, *at);
                    }
                }
            }
            InsertSource::Set(assignments) => {
                for (assignment, at) in assignments.iter().zip(written) {
                    self.written_value(&assignment.value, id, *at, scope);
                }
            }
        }
    }

    /// A value that is written to a column.
    fn written_value(
        &mut self,
        value: &Expr,
        id: TableId,
        at: impl Into<Option<usize>>,
        scope: &Scope<'_>,
    ) {
        let at = at.into();
        if matches!(value.kind, ExprKind::Default) {
            let needed = at.filter(|at| self.is_needed(id, *at) && !self.ignores);
            if let Some(at) = needed {
                let name = self.model.table(id).columns[at].name.clone();
                self.report(findings::no_default(&name, value.span));
            }
            return;
        }
        if let ExprKind::Row(values) = &value.kind
            && self.dialect != Dialect::Postgres
        {
            return self.report(findings::several_values(values.len(), value.span));
        }
        let typed = self.expr(value, scope);
        let Some(at) = at else {
            let number = self.count_type();
            return self.demand_type(&typed, &number, None, value.span);
        };
        self.check_written(&typed, id, at);
        if !self.ignores {
            self.check_literal(&typed, id, at);
        }
    }

    pub(super) fn check_written(&mut self, value: &Value, id: TableId, at: usize) {
        let column = self.value_of_column(id, at);
        let own = &self.model.table(id).columns[at];
        let (name, nullable) = (own.name.clone(), own.nullable);
        let fills = own.default.is_some() || !matches!(own.generated, Generated::No);
        self.demand_type(value, &column.ty, column.source, value.span);
        if let Ty::Postgres(wanted) = column.ty {
            self.check_constant(value, wanted);
        }
        if nullable {
            self.may_be_null(value);
        }
        let mysql_fills = self.dialect == Dialect::Mysql && fills;
        let sqlite_key = self.dialect == Dialect::Sqlite && self.is_key(id, at);
        if value.constant == Constant::Null && !nullable && !mysql_fills && !sqlite_key {
            self.report(findings::null_for(&name, value.span));
        }
        let unlike = match (&value.ty, &column.ty) {
            (Ty::Postgres(from), Ty::Postgres(to)) => !can_cast(*from, *to, Context::Assignment),
            _ => false,
        };
        if unlike {
            let (takes, given) = (self.shown(&column), self.shown(value));
            self.report(findings::unlike_column(&name, &takes, &given, value.span));
        }
    }

    pub(super) fn is_key(&self, id: TableId, at: usize) -> bool {
        let key = self.model.table(id).primary_key.as_ref();
        key.is_some_and(|key| key.columns.iter().any(|column| column.0 as usize == at))
    }

    fn conflict(
        &mut self,
        id: TableId,
        conflict: &Conflict,
        insert: &Insert,
        own: &Relation,
        common: &Common,
    ) {
        let mut scope = Scope::of(common, None);
        scope.relations.push(own.clone());
        for value in &conflict.target {
            self.expr(value, &scope);
        }
        self.check_target(id, conflict);
        self.check_constraint(id, conflict);
        if let Some(condition) = &conflict.target_condition {
            self.condition(condition, &scope);
        }
        let ConflictAction::Update(assignments, condition) = &conflict.action else {
            return;
        };
        let row = match (self.dialect, &insert.source) {
            (Dialect::Mysql, InsertSource::Values(values)) => {
                if let Some(alias) = &values.alias {
                    let what = "a name of the row that is inserted";
                    self.of_product(what, Flavour::Mysql, alias.span);
                }
                values.alias.as_ref().map(|alias| alias.text.clone())
            }
            (Dialect::Mysql, _) => None,
            _ => Some("excluded".to_owned()),
        };
        if let Some(row) = row {
            let mut excluded = own.clone();
            excluded.name = Some(row);
            if self.dialect != Dialect::Postgres {
                // Its columns are named by it alone.
                let count = excluded.fields.as_ref().map_or(0, |all| all.len());
                excluded.merged = (0..count).collect();
            }
            scope.relations.push(excluded);
        }
        if let (Dialect::Mysql, InsertSource::Query(query)) = (self.dialect, &insert.source)
            && let crate::syntax::Body::Select(select) = &query.body
        {
            self.sources(&select.from, &mut scope);
        }
        self.assignments(assignments, &[(id, None)], &scope);
        if let Some(condition) = condition {
            self.within(Clause::Where, |checker| {
                checker.condition(condition, &scope)
            });
        }
    }

    /// The constraint of ON CONFLICT. Where an exclusion has no name of its own, the database has made one up.
    fn check_constraint(&mut self, id: TableId, conflict: &Conflict) {
        let table = self.model.table(id);
        let Some(wanted) = &conflict.constraint else {
            return;
        };
        let of_table = &table.name.name;
        let key = table.primary_key.iter().map(|key| {
            let own = key.name.clone();
            own.unwrap_or_else(|| format!("{of_table}_pkey"))
        });
        let uniques = table.uniques.iter().filter(|unique| !unique.is_index);
        let uniques = uniques.map(|unique| {
            let columns = unique.columns.iter();
            let columns: Vec<&str> = columns.map(|id| table.column(*id).name.as_str()).collect();
            let own = unique.name.clone();
            own.unwrap_or_else(|| format!("{of_table}_{}_key", columns.join("_")))
        });
        let known: Vec<String> = key.chain(uniques).collect();
        let is_open = !table.native.exclusions.is_empty() || table.view.is_some();
        if !is_open && !known.contains(&wanted.text) {
            self.report(findings::unknown_constraint(wanted, &known));
        }
    }

    /// The columns of ON CONFLICT are those of a unique key. One of expressions or of a part of the rows is left to the database.
    fn check_target(&mut self, id: TableId, conflict: &Conflict) {
        let table = self.model.table(id);
        let mut others = table.indexes.iter().filter(|index| index.unique);
        let is_plain = |value: &Expr| matches!(value.kind, ExprKind::Column(_));
        let (Some(first), Some(last)) = (conflict.target.first(), conflict.target.last()) else {
            return;
        };
        if table.view.is_some()
            || conflict.target_condition.is_some()
            || others.next().is_some()
            || !conflict.target.iter().all(is_plain)
        {
            return;
        }
        let place = |value: &Expr| match &value.kind {
            ExprKind::Column(names) => {
                let name = names.last()?;
                let mut columns = table.columns.iter();
                columns.position(|one| same_name(&one.name, &name.text, self.dialect))
            }
            _ => None,
        };
        let Some(mut wanted) = conflict
            .target
            .iter()
            .map(place)
            .collect::<Option<Vec<_>>>()
        else {
            return;
        };
        wanted.sort_unstable();
        wanted.dedup();
        let key = table.primary_key.iter().map(|key| &key.columns);
        let mut keys = key.chain(table.uniques.iter().map(|unique| &unique.columns));
        let is_key = keys.any(|columns| {
            let mut columns: Vec<usize> = columns.iter().map(|one| one.0 as usize).collect();
            columns.sort_unstable();
            columns == wanted
        });
        if !is_key {
            let span = Span {
                end: last.span.end,
                ..first.span
            };
            let name = table.name.name.clone();
            self.report(findings::no_such_key(&name, span));
        }
    }

    /// Values that columns get; `tables` are those that may be written, under their names.
    pub(super) fn assignments(
        &mut self,
        assignments: &[Assignment],
        tables: &[(TableId, Option<String>)],
        scope: &Scope<'_>,
    ) {
        let mut written: Vec<Option<(TableId, usize)>> = Vec::new();
        for assignment in assignments {
            let is_default = matches!(assignment.value.kind, ExprKind::Default);
            let own: Vec<_> = assignment
                .targets
                .iter()
                .map(|target| self.assigned(target, tables, is_default))
                .collect();
            self.within(Clause::Set, |checker| {
                checker.assign(assignment, &own, scope)
            });
            for (id, at) in own.iter().flatten() {
                self.check_written_view((*id, "update"), &[*at], assignment.operator.span);
            }
            let names = assignment.targets.iter().zip(&own);
            for (name, target) in names.filter(|(_, target)| target.is_some()) {
                if written.contains(target)
                    && let Some(name) = name.last()
                {
                    self.report(findings::column_twice(name));
                }
                // The others take the last value, and parts of an array may be set one by one.
                if self.dialect == Dialect::Postgres && name.len() == 1 {
                    written.push(*target);
                }
            }
        }
    }

    fn assign(
        &mut self,
        assignment: &Assignment,
        targets: &[Option<(TableId, usize)>],
        scope: &Scope<'_>,
    ) {
        let is_value = !matches!(assignment.value.kind, ExprKind::Row(_) | ExprKind::Query(_));
        if assignment.is_row && is_value && self.dialect == Dialect::Postgres {
            return self.report(findings::no_row(targets.len(), assignment.value.span));
        }
        if let Some(parts) = assignment.parts() {
            if parts.len() != targets.len() {
                let span = assignment.value.span;
                return self.report(findings::number_of_values(targets.len(), parts.len(), span));
            }
            for (value, target) in parts.iter().zip(targets) {
                match target {
                    Some((id, at)) => self.written_value(value, *id, *at, scope),
                    None => {
                        self.expr(value, scope);
                    }
                }
            }
            return;
        }
        if let ExprKind::Query(query) = &assignment.value.kind {
            let fields = self.query(query, Some(scope), &scope.common, None);
            let Some(fields) = fields else { return };
            if fields.len() != targets.len() {
                let span = query.span;
                return self.report(findings::number_of_values(
                    targets.len(),
                    fields.len(),
                    span,
                ));
            }
            for (field, target) in fields.iter().zip(targets) {
                if let Some((id, at)) = target {
                    self.check_written(&field.value, *id, *at);
                }
            }
            return;
        }
        let value = self.expr(&assignment.value, scope);
        self.report(findings::number_of_values(targets.len(), 1, value.span));
    }

    /// The column that is set.
    fn assigned(
        &mut self,
        target: &[Name],
        tables: &[(TableId, Option<String>)],
        is_default: bool,
    ) -> Option<(TableId, usize)> {
        let (column, qualifiers) = target.split_last()?;
        let named = |(id, alias): &&(TableId, Option<String>)| {
            let table = &self.model.table(*id).name.name;
            let own = alias.as_ref().unwrap_or(table);
            let wanted = qualifiers.last();
            wanted.is_none_or(|wanted| same_name(own, &wanted.text, self.dialect))
        };
        let fitting: Vec<TableId> = tables.iter().filter(named).map(|(id, _)| *id).collect();
        if fitting.is_empty()
            && let Some(table) = qualifiers.last()
        {
            let named = tables.iter().map(|(id, alias)| {
                let table = &self.model.table(*id).name.name;
                alias.clone().unwrap_or_else(|| table.clone())
            });
            let named: Vec<String> = named.collect();
            self.report(findings::unknown_alias(table, &named));
        }
        let has = |id: &&TableId| {
            let mut columns = self.model.table(**id).columns.iter();
            columns.any(|one| same_name(&one.name, &column.text, self.dialect))
        };
        let having: Vec<&TableId> = fitting.iter().filter(has).collect();
        if having.len() > 1 && qualifiers.is_empty() {
            let tables = tables.iter().filter(|(id, _)| has(&id));
            let names = tables.map(|(id, alias)| {
                let table = &self.model.table(*id).name.name;
                alias.clone().unwrap_or_else(|| table.clone())
            });
            let names: Vec<String> = names.collect();
            self.report(findings::ambiguous_column(column, &names));
        }
        let id = **having.first().or(fitting.first().as_ref())?;
        let at = self.written_column(id, column, false, is_default)?;
        Some((id, at))
    }

    pub(super) fn update(&mut self, update: &Update, common: &Common) -> Fields {
        if update.with.is_some() {
            self.of_product("`WITH` before `UPDATE`", Flavour::Mysql, update.span);
        }
        let common = self.common_of(update.with.as_ref(), common);
        let mut scope = Scope::of(&common, None);
        self.sources(&update.tables, &mut scope);
        let mut tables: Vec<(TableId, Option<String>)> = Vec::new();
        for relation in &scope.relations {
            tables.extend(relation.table.map(|id| (id, relation.name.clone())));
        }
        let written: Vec<Relation> = scope.relations.clone();
        self.sources(&update.from, &mut scope);
        self.ignores = update.ignores;
        self.assignments(&update.assignments, &tables, &scope);
        self.ignores = false;
        if let Some(condition) = &update.condition {
            self.within(Clause::Where, |checker| {
                checker.condition(condition, &scope)
            });
        }
        let limit = update.limit.count.as_ref();
        if let Some(span) = limit
            .or(update.order.first().map(|sort| &sort.value))
            .map(|one| one.span)
            && written.len() > 1
        {
            let what = "`ORDER BY` and `LIMIT` in `UPDATE` of several tables";
            self.of_product(what, Flavour::Mariadb, span);
        }
        self.order_and_limit(&update.order, limit, &scope);
        let seen = if self.dialect == Dialect::Postgres {
            scope.relations
        } else {
            written
        };
        self.returning(&update.returning, seen, &common)
    }

    /// MySQL orders and counts rows of one table alone.
    fn check_cut_of_several(&mut self, delete: &Delete) {
        let limit = delete
            .limit
            .count
            .as_ref()
            .map(|count| ("LIMIT", count.span));
        let order = delete
            .order
            .first()
            .map(|sort| ("ORDER BY", sort.value.span));
        if let Some((word, span)) = order.or(limit)
            && !delete.targets.is_empty()
        {
            self.report(findings::limit_of_several(word, span));
        }
    }

    pub(super) fn delete(&mut self, delete: &Delete, common: &Common) -> Fields {
        if delete.with.is_some() {
            self.of_product("`WITH` before `DELETE`", Flavour::Mysql, delete.span);
        }
        let common = self.common_of(delete.with.as_ref(), common);
        let mut scope = Scope::of(&common, None);
        self.sources(&delete.from, &mut scope);
        self.check_cut_of_several(delete);
        let written: Vec<Relation> = scope.relations.clone();
        if let ([target], true) = (written.as_slice(), delete.targets.is_empty())
            && let Some(id) = target.table
        {
            self.check_written_view((id, "delete"), &[], delete.from[0].span);
        }
        self.sources(&delete.using, &mut scope);
        for target in &delete.targets {
            let known = scope.relation(std::slice::from_ref(&target.name), self.dialect);
            if let Some(id) = known.and_then(|known| known.table) {
                self.check_written_view((id, "delete"), &[], target.name.span);
            }
            if known.is_none() {
                let names: Vec<String> = scope
                    .relations
                    .iter()
                    .filter_map(|one| one.name.clone())
                    .collect();
                self.report_name(&target.name, NameKind::Alias, names);
            }
        }
        if let Some(condition) = &delete.condition {
            self.within(Clause::Where, |checker| {
                checker.condition(condition, &scope)
            });
        }
        self.order_and_limit(&delete.order, delete.limit.count.as_ref(), &scope);
        let seen = if self.dialect == Dialect::Postgres {
            scope.relations
        } else {
            written
        };
        self.returning(&delete.returning, seen, &common)
    }

    fn order_and_limit(
        &mut self,
        order: &[crate::syntax::Sort],
        limit: Option<&Expr>,
        scope: &Scope<'_>,
    ) {
        for sort in order {
            if !is_number(&sort.value) {
                self.expr(&sort.value, scope);
            }
        }
        if let Some(limit) = limit {
            self.count(limit, scope);
        }
    }

    fn returning(&mut self, items: &[Item], seen: Vec<Relation>, common: &Common) -> Fields {
        let span = items.first()?.span;
        self.of_product("`RETURNING`", Flavour::Mariadb, span);
        let mut scope = Scope::of(common, None);
        scope.relations = seen;
        let fields = self.within(Clause::Returning, |checker| {
            checker.items(items, &scope, None)
        });
        let fields: Vec<Field> = fields?;
        Some(fields.into())
    }
}

/// Whether every row has `DEFAULT` at a place, which also columns take that the database fills by itself.
fn is_default(source: &InsertSource, at: usize) -> bool {
    let InsertSource::Values(values) = source else {
        return false;
    };
    let is = |(row, _): &(Vec<Expr>, Span)| {
        let value = row.get(at);
        value.is_some_and(|value| matches!(value.kind, ExprKind::Default))
    };
    values.rows.iter().all(is)
}
