//! Statements that write: their tables, the values of columns, `UPDATE` and `DELETE`.

use super::checker::{Checker, Clause};
use super::findings;
use super::mysql::Construct;
use super::names::{NameKind, Named};
use super::postgres::{Context, can_cast};
use super::query::is_number;
use super::scope::{Common, Field, Fields, Relation, Scope};
use super::value::{Constant, Ty, Value};
use crate::ast::{Name, ObjectName};
use crate::lists::IntoVec as _;
use crate::model::{Generated, TableId};
use crate::name::same_name;
use crate::syntax::{Assignment, Delete, Expr, ExprKind, SelectItem, Update, With};

impl Checker<'_> {
    pub(super) fn common_of(&mut self, with: Option<&With>, common: &Common) -> Common {
        match with {
            Some(with) => self.with(with, None, common),
            None => common.clone(),
        }
    }

    /// The table that is written; what is wrong is reported.
    pub(super) fn written_table(&mut self, name: &ObjectName) -> Option<TableId> {
        if let Named::Table(id) = self.names.table(name) {
            self.note_table(id, name);
            return Some(id);
        }
        self.table(name, &Common::default());
        None
    }

    /// A value that is written to a column.
    pub(super) fn written_value(
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
            && !self.facts.values.rows
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
        // A table's own expression is refused when a row is written, not when the table is made.
        let is_of_query = !matches!(self.clause, Clause::Table(_));
        if is_of_query && self.is_never_stored(value, id, at) {
            let (written, of) = (self.text_at(value.span), &own.sql_type);
            self.report(findings::not_taken(written, &name, of, value.span));
        }
        if nullable {
            self.may_be_null(value);
        }
        let takes_null = nullable
            || self.facts.writes.null_is_default && fills
            || self.facts.writes.null_in_key && self.is_key(id, at);
        if value.constant == Constant::Null && !takes_null {
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
                .into_vec();
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
                // Parts of an array may be set one by one.
                if self.facts.writes.sets_once && name.len() == 1 {
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
        if assignment.is_row && is_value && self.facts.writes.sets_rows {
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
        let fitting: Vec<TableId> = tables.iter().filter(named).map(|(id, _)| *id).into_vec();
        if fitting.is_empty()
            && let Some(table) = qualifiers.last()
        {
            let named = tables.iter().map(|(id, alias)| {
                let table = &self.model.table(*id).name.name;
                alias.clone().unwrap_or_else(|| table.clone())
            });
            let named: Vec<String> = named.into_vec();
            self.report(findings::unknown_alias(table, &named));
        }
        let has = |id: &&TableId| {
            let mut columns = self.model.table(**id).columns.iter();
            columns.any(|one| same_name(&one.name, &column.text, self.dialect))
        };
        let having: Vec<&TableId> = fitting.iter().filter(has).into_vec();
        if having.len() > 1 && qualifiers.is_empty() {
            let tables = tables.iter().filter(|(id, _)| has(&id));
            let names = tables.map(|(id, alias)| {
                let table = &self.model.table(*id).name.name;
                alias.clone().unwrap_or_else(|| table.clone())
            });
            let names: Vec<String> = names.into_vec();
            self.report(findings::ambiguous_column(column, &names));
        }
        let id = **having.first().or(fitting.first().as_ref())?;
        let at = self.written_column(id, column, false, is_default)?;
        Some((id, at))
    }

    pub(super) fn update(&mut self, update: &Update, common: &Common) -> Fields {
        if update.with.is_some() {
            self.of_product(Construct::WithBefore("UPDATE"), update.span);
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
            self.of_product(Construct::CutOfSeveral, span);
        }
        self.order_and_limit(&update.order, limit, &scope);
        let seen = if self.facts.writes.returning_sees_all {
            scope.relations
        } else {
            written
        };
        self.returning(&update.returning, seen, &common)
    }

    /// Rows of one table alone are ordered and counted.
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
            self.of_product(Construct::WithBefore("DELETE"), delete.span);
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
                    .into_vec();
                self.report_name(&target.name, NameKind::Alias, names);
            }
        }
        if let Some(condition) = &delete.condition {
            self.within(Clause::Where, |checker| {
                checker.condition(condition, &scope)
            });
        }
        self.order_and_limit(&delete.order, delete.limit.count.as_ref(), &scope);
        let seen = if self.facts.writes.returning_sees_all {
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

    pub(super) fn returning(
        &mut self,
        items: &[SelectItem],
        seen: Vec<Relation>,
        common: &Common,
    ) -> Fields {
        let span = items.first()?.span;
        self.of_product(Construct::Returning, span);
        let mut scope = Scope::of(common, None);
        scope.relations = seen;
        let fields = self.within(Clause::Returning, |checker| {
            checker.items(items, &scope, None)
        });
        let fields: Vec<Field> = fields?;
        Some(fields.into())
    }
}
