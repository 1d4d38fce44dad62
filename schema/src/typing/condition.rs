//! Conditions of words: `IS`, `IN`, `BETWEEN`, `LIKE`, `ANY`.

use super::checker::{Checker, ListUse};
use super::expression::array_of;
use super::findings;
use super::postgres::PgType;
use super::scope::Scope;
use super::texts::is_search_of_full_text;
use super::value::{Constant, Ty, Value};
use crate::ast::{Name, ObjectName};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::{Between, Call, ExprKind, In, InList, Is, IsWhat, Match, Quantified, Query};

impl Checker<'_> {
    pub(super) fn is(&mut self, is: &Is, scope: &Scope<'_>, span: Span) -> Value {
        let operand = match &is.operand.kind {
            ExprKind::Row(_) if matches!(is.what, IsWhat::Distinct(_) | IsWhat::Other(_)) => {
                Value::open(span)
            }
            _ => self.expr(&is.operand, scope),
        };
        match &is.what {
            IsWhat::Null => self.may_be_null(&operand),
            IsWhat::Truth(_) => self.is_condition(&operand),
            IsWhat::Kind(_) => {}
            IsWhat::Distinct(other) | IsWhat::Other(other)
                if matches!(is.operand.kind, ExprKind::Row(_)) =>
            {
                self.rows_compared(&is.operand, other, scope);
            }
            IsWhat::Distinct(other) | IsWhat::Other(other) => {
                let other = self.expr(other, scope);
                self.may_be_null(&operand);
                self.may_be_null(&other);
                if other.constant != Constant::Null {
                    self.compared("=", &operand, &other, span);
                }
            }
        }
        Value::new(self.condition_type(), false, span)
    }

    pub(super) fn between(&mut self, between: &Between, scope: &Scope<'_>, span: Span) -> Value {
        let operand = self.expr(&between.operand, scope);
        let low = self.expr(&between.low, scope);
        let high = self.expr(&between.high, scope);
        let first = self.compared(">=", &operand, &low, span);
        let second = self.compared("<=", &operand, &high, span);
        if operand.is_silent() {
            self.demand(&low, &high);
            self.demand(&high, &low);
        }
        first.or_null(second.nullable)
    }

    pub(super) fn in_list(&mut self, list: &In, scope: &Scope<'_>, span: Span) -> Value {
        let condition = self.condition_type();
        if let ExprKind::Row(parts) = &list.operand.kind {
            let parts: Vec<Value> = parts.iter().map(|part| self.expr(part, scope)).into_vec();
            return self.rows_in(&parts, &list.list, scope, span);
        }
        let operand = self.expr(&list.operand, scope);
        let mut nullable = operand.nullable;
        match &list.list {
            InList::Values(values) => {
                for value in values {
                    if let ExprKind::Row(parts) = &value.kind {
                        self.report(findings::several_values(parts.len(), value.span));
                    }
                }
                let values: Vec<Value> = values.iter().map(|one| self.expr(one, scope)).into_vec();
                for value in &values {
                    if value.constant != Constant::Null {
                        nullable |= self.compared("=", &operand, value, span).nullable;
                    }
                    nullable |= value.nullable;
                }
            }
            InList::Parameter(parameter, place_of) => {
                let value = self.parameter(parameter, *place_of);
                if let Some(cell) = value.cell {
                    let place = ListUse {
                        operator: list.operator,
                        negated: list.negated,
                    };
                    self.cells[cell].lists.push((*place_of, place));
                }
                self.compared("=", &operand, &value, span);
            }
            InList::Query(query) => {
                nullable |= self
                    .compared_with_query("=", &operand, query, scope, span)
                    .nullable;
            }
            InList::Table(names) => {
                nullable = true;
                self.compared_with_table(&operand, names, scope, span);
            }
        }
        Value::new(condition, nullable, span)
    }

    /// SQLite's `a IN table`, whose one column is meant.
    fn compared_with_table(
        &mut self,
        operand: &Value,
        names: &[Name],
        scope: &Scope<'_>,
        span: Span,
    ) {
        let Some((name, schema)) = names.split_last() else {
            return;
        };
        let name = ObjectName {
            schema: schema.last().map(|schema| schema.text.clone()),
            name: name.clone(),
            in_public: false,
            path: None,
        };
        let relation = self.table(&name, &scope.common);
        match relation.fields.as_deref() {
            Some([field]) => {
                self.compared("=", operand, &field.value, span);
            }
            Some(fields) => {
                self.report(findings::several_columns(fields.len(), name.name.span));
            }
            None => {}
        }
    }

    fn rows_in(&mut self, parts: &[Value], list: &InList, scope: &Scope<'_>, span: Span) -> Value {
        match list {
            InList::Values(rows) => {
                for row in rows {
                    let ExprKind::Row(values) = &row.kind else {
                        let value = self.expr(row, scope);
                        if !matches!(row.kind, ExprKind::Query(_)) && value.ty != Ty::Open {
                            let finding = findings::number_of_values(parts.len(), 1, row.span);
                            self.report(finding);
                        }
                        continue;
                    };
                    if values.len() != parts.len() {
                        let count = (parts.len(), values.len());
                        let finding = findings::number_of_values(count.0, count.1, row.span);
                        self.report(finding);
                    }
                    for (part, value) in parts.iter().zip(values) {
                        let value = self.expr(value, scope);
                        self.compared("=", part, &value, span);
                    }
                }
            }
            InList::Query(query) => {
                self.check_cut(query);
                let fields = self.query(query, Some(scope), &scope.common, None);
                let fields = fields.as_deref().unwrap_or_default();
                if !fields.is_empty() && fields.len() != parts.len() {
                    let count = (parts.len(), fields.len());
                    let finding = findings::number_of_values(count.0, count.1, query.span);
                    self.report(finding);
                }
                for (part, field) in parts.iter().zip(fields) {
                    self.compared("=", part, &field.value, span);
                }
            }
            InList::Parameter(..) | InList::Table(_) => {}
        }
        Value::new(self.condition_type(), true, span)
    }

    /// MySQL and MariaDB take no `LIMIT` in a query that a value is compared with each row of.
    fn check_cut(&mut self, query: &Query) {
        let limit = &query.limit;
        if let Some(count) = limit.count.as_ref().or(limit.offset.as_ref())
            && !self.facts.selects.limit_in_compared
        {
            self.report(findings::limit_within(count.span));
        }
    }

    fn compared_with_query(
        &mut self,
        operator: &str,
        operand: &Value,
        query: &Query,
        scope: &Scope<'_>,
        span: Span,
    ) -> Value {
        self.check_cut(query);
        let fields = self.query(query, Some(scope), &scope.common, None);
        let condition = self.condition_type();
        let Some(fields) = fields else {
            return Value::new(condition, true, span);
        };
        let [field] = &*fields else {
            self.report(findings::several_columns(fields.len(), query.span));
            return Value::new(condition, true, span);
        };
        self.compared(operator, operand, &field.value, span)
    }

    pub(super) fn matching(&mut self, matching: &Match, scope: &Scope<'_>, span: Span) -> Value {
        let operand = self.expr(&matching.operand, scope);
        let pattern = self.expr(&matching.pattern, scope);
        let escape = matching
            .escape
            .as_ref()
            .map(|escape| self.expr(escape, scope));
        (self.facts.values.check_match)(self, matching, scope, span);
        let escaped = matching.escape.as_ref().map(|escape| &escape.kind);
        if let Some(ExprKind::Text(escaped)) = escaped
            && (escaped.chars().count() > 1
                || (escaped.is_empty() && !self.facts.values.empty_escape))
        {
            self.report(findings::several_characters(span));
        }
        let text = self.text_type();
        for value in [Some(&pattern), Some(&operand), escape.as_ref()]
            .into_iter()
            .flatten()
        {
            self.demand_type(value, &text, None, span);
        }
        if self.facts.have_catalogue() {
            let symbol = match matching.operator.text.trim_start_matches("not ") {
                "ilike" => "~~*",
                "similar" => "~",
                _ => "~~",
            };
            return self.compared(symbol, &operand, &pattern, span);
        }
        Value::new(
            self.condition_type(),
            operand.nullable || pattern.nullable,
            span,
        )
    }

    /// SQLite's `MATCH` is of the columns of full-text tables, unless the program has a function of that name.
    pub(super) fn check_search(&mut self, matching: &Match, scope: &Scope<'_>, span: Span) {
        let place = self.place_of(&matching.operand, scope);
        let table = place.and_then(|(at, _)| scope.relations[at].table);
        let is_plain = table.is_some_and(|id| !self.model.table(id).unmanaged);
        if is_plain && self.own_functions("match").is_empty() {
            self.report(findings::no_search(span));
        }
        self.check_search_of_full_text(matching, scope);
    }

    /// The search of a table of FTS5, where it is written.
    fn check_search_of_full_text(&mut self, matching: &Match, scope: &Scope<'_>) {
        let (ExprKind::Column(names), ExprKind::Text(text)) =
            (&matching.operand.kind, &matching.pattern.kind)
        else {
            return;
        };
        let place = self.place_of(&matching.operand, scope);
        let named = || {
            let name = names.last()?;
            let mut relations = scope.relations.iter();
            relations.position(|one| {
                let own = one.name.as_deref();
                own.is_some_and(|own| own.eq_ignore_ascii_case(&name.text))
            })
        };
        let at = place.map(|(at, _)| at).or_else(named);
        let id = at.and_then(|at| scope.relations[at].table);
        let Some(table) = id
            .map(|id| self.model.table(id))
            .filter(|one| one.full_text)
        else {
            return;
        };
        let columns = table.columns.iter().map(|column| column.name.as_str());
        if !is_search_of_full_text(text, &columns.into_vec()) {
            let help = "write words, `AND`, `OR` and `NOT`, and other characters in double quotes: `'\"a-b\" AND c'`";
            self.report(findings::no_search_text(help, matching.pattern.span));
        }
    }

    /// The table that a function of full-text tables takes by its name.
    pub(super) fn check_search_table(&mut self, call: &Call, scope: &Scope<'_>) {
        let name = call.function();
        if !self.facts.calls.of_search.contains(&name) {
            return;
        }
        let Some(first) = call.arguments.first() else {
            return;
        };
        let ExprKind::Column(names) = &first.value.kind else {
            return;
        };
        let is = |known: &str| {
            let mut last = names.last().into_iter();
            last.any(|name| known.eq_ignore_ascii_case(&name.text))
        };
        let mut searched = scope.relations.iter().filter(|relation| {
            let table = relation.table.map(|id| self.model.table(id));
            table.is_none_or(|table| table.unmanaged)
        });
        let is_table = searched.any(|relation| {
            let table = relation
                .table
                .map(|id| self.model.table(id).name.name.as_str());
            relation.name.as_deref().is_some_and(is) || table.is_some_and(is)
        });
        if !is_table && self.own_functions(name).is_empty() {
            self.report(findings::no_search_table(name, first.value.span));
        }
    }

    pub(super) fn quantified(
        &mut self,
        quantified: &Quantified,
        scope: &Scope<'_>,
        span: Span,
    ) -> Value {
        let operand = self.expr(&quantified.operand, scope);
        let symbol = match quantified.operator.text.as_str() {
            "like" => "~~",
            "ilike" => "~~*",
            "not like" => "!~~",
            "not ilike" => "!~~*",
            other => other,
        };
        if let ExprKind::Query(query) = &quantified.of.kind {
            return self
                .compared_with_query(symbol, &operand, query, scope, span)
                .or_null(true);
        }
        let array = self.expr(&quantified.of, scope);
        if !self.facts.values.arrays {
            let shown = self.shown(&array);
            self.report(findings::no_query(&shown, array.span));
        }
        if array.constant == Constant::Text && array.ty == Ty::Untyped {
            let element = operand.postgres().filter(|_| !operand.is_silent());
            if let Some(wanted) = element.and_then(array_of) {
                self.check_constant(&array, wanted);
            }
        } else if array.cell.is_some() && array.ty == Ty::Untyped {
            let element = operand.postgres().filter(|_| !operand.is_silent());
            if let Some(array_type) = element.and_then(array_of) {
                self.demand_type(&array, &Ty::Postgres(array_type), None, span);
            }
        } else if let Ty::Postgres(found) = array.ty
            && found.element().is_none()
        {
            let shown = self.shown(&array);
            self.report(findings::no_array(&shown, array.span));
        } else if let Some(element) = array.postgres().and_then(PgType::element) {
            let element = Value::new(Ty::Postgres(element), true, quantified.of.span);
            self.compared(symbol, &operand, &element, span);
        }
        Value::new(self.condition_type(), true, span)
    }
}
