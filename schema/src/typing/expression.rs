//! The type of an expression.

use super::checker::Checker;
use super::findings;
use super::grammar::Grammar;
use super::grouping::written;
use super::mysql::is_moment;
use super::postgres::{Context, Null, PgType, can_cast, cast_null, common_type};
use super::scope::Scope;
use super::texts::{is_time_of_mysql, is_value_of};
use super::value::{Constant, Ty, Value};
use crate::ast::Name;
use crate::column_type::ColumnType;
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::{Case, Cast, Expr, ExprKind, Query, Subscript};

impl Checker<'_> {
    /// The value of an expression. How deep expressions nest is bounded by their reader.
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.any_expr(expr, scope);
        let is_grouped = !self.grouped.is_empty() && self.grouped.contains(&written(self, expr));
        value.or_null(is_grouped)
    }

    fn any_expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Value {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Value::constant(Ty::Untyped, Constant::Null, span),
            ExprKind::Bool(_) => Value::constant(self.condition_type(), Constant::No, span),
            ExprKind::Number(written) => {
                Value::constant(self.number(written), Constant::Number, span)
            }
            ExprKind::Text(_) => Value::constant(self.constant_text(), Constant::Text, span),
            ExprKind::Bytes | ExprKind::Bits => self.bytes(&expr.kind, span),
            ExprKind::Default => {
                self.report(findings::default_of_no_column(span));
                Value::wrong(span)
            }
            ExprKind::Variable => Value::open(span),
            ExprKind::Column(names) => self.column(names, scope, span).value,
            ExprKind::Parameter(parameter) => self.parameter(parameter, span),
            ExprKind::Chain(chain) => self.chain(chain, scope, span),
            ExprKind::Prefix(operator, operand) => {
                let operand = self.expr(operand, scope);
                self.prefix(operator, &operand, span)
            }
            ExprKind::Is(is) => self.is(is, scope, span),
            ExprKind::Between(between) => self.between(between, scope, span),
            ExprKind::In(list) => self.in_list(list, scope, span),
            ExprKind::Match(matching) => self.matching(matching, scope, span),
            ExprKind::Quantified(quantified) => self.quantified(quantified, scope, span),
            ExprKind::Exists(query) => {
                self.query(query, Some(scope), &scope.common, None);
                Value::new(self.condition_type(), false, span)
            }
            ExprKind::Query(query) => self.scalar(query, scope, span),
            ExprKind::Array(values) => self.array(values, scope, span),
            ExprKind::ArrayOf(query) => self.array_of(query, scope, span),
            ExprKind::Row(values) => {
                for value in values {
                    self.expr(value, scope);
                }
                if self.facts.values.rows {
                    Value::new(Ty::Postgres(PgType::RECORD), false, span)
                } else {
                    Value::open(span)
                }
            }
            ExprKind::Subscript(subscript) => self.subscript(subscript, scope, span),
            ExprKind::Field(base, field) => self.field_of(base, field, scope, span),
            ExprKind::Cast(cast) => self.cast(cast, scope, span),
            ExprKind::Collate(inner, collation) => {
                let value = self.expr(inner, scope);
                let text = self.text_type();
                self.demand_type(&value, &text, None, span);
                self.check_collation(&value, collation);
                value
            }
            ExprKind::AtZone(value, zone) => self.at_zone(value, zone.as_deref(), scope, span),
            ExprKind::Case(case) => self.case(case, scope, span),
            ExprKind::Call(call) => self.call(call, scope, span),
            ExprKind::Typed(written, text) => match self.type_of_name(written) {
                Some(ty) => {
                    let is_value = match &ty {
                        Ty::Postgres(wanted) => is_value_of(text.trim(), *wanted),
                        Ty::Of(
                            ColumnType::Date | ColumnType::DateTime(_) | ColumnType::Timestamp(_),
                        ) => is_moment(text),
                        Ty::Of(ColumnType::Time(_)) => is_time_of_mysql(text),
                        _ => true,
                    };
                    if !is_value {
                        let shown = self.shown(&Value::new(ty.clone(), false, span));
                        self.report(findings::no_value_of(&shown, span));
                    }
                    Value::new(ty, false, span)
                }
                None => Value::open(span),
            },
            ExprKind::Interval(count, _) => {
                self.expr(count, scope);
                self.report(findings::interval_alone(span));
                Value::wrong(span)
            }
        }
    }

    /// PostgreSQL collates texts alone.
    fn check_collation(&mut self, value: &Value, collation: &Name) {
        let is_text = |of: PgType| can_cast(of, PgType::TEXT, Context::Implicit);
        match value.ty {
            Ty::Postgres(of) if !is_text(of) && of.element().is_none() => {
                let shown = self.shown(value);
                self.report(findings::not_collated(&shown, value.span));
            }
            _ => {}
        }
        self.check_collation_of_set(value, collation);
    }

    fn constant_text(&self) -> Ty {
        self.facts.values.constant_text.clone()
    }

    fn number(&self, written: &str) -> Ty {
        let Some(grammar) = self.facts.grammar else {
            return Ty::Postgres(postgres_number(written));
        };
        if written.starts_with("0x") || written.starts_with("0X") {
            return Ty::Of(ColumnType::I64);
        }
        (grammar.number)(written).map_or(Ty::Open, Ty::Of)
    }

    fn bytes(&self, kind: &ExprKind, span: Span) -> Value {
        let ty = match kind {
            ExprKind::Bits => &self.facts.values.bits,
            _ => &self.facts.values.bytes,
        };
        Value::new(ty.clone(), false, span)
    }

    /// An expression that stands as a condition.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope<'_>) -> Value {
        if let (ExprKind::Row(values), false) = (&expr.kind, self.facts.values.rows) {
            self.report(findings::several_values(values.len(), expr.span));
        }
        let value = self.expr(expr, scope);
        self.is_condition(&value);
        value
    }

    pub(super) fn is_condition(&mut self, value: &Value) {
        let ty = self.condition_type();
        self.demand_type(value, &ty, None, value.span);
        let is = match &value.ty {
            Ty::Postgres(found) => *found == PgType::BOOL,
            Ty::Untyped => true,
            Ty::Of(_) | Ty::Open | Ty::Wrong => true,
        };
        if !is {
            let shown = self.shown(value);
            self.report(findings::no_condition(&shown, value.span));
        }
    }

    /// `(table).column`, where that is no column with a row in it.
    fn field_of(&mut self, base: &Expr, field: &Name, scope: &Scope<'_>, span: Span) -> Value {
        if let ExprKind::Column(names) = &base.kind
            && self.expr(base, scope).ty == Ty::Postgres(PgType::RECORD)
        {
            let names: Vec<Name> = names.iter().chain([field]).cloned().into_vec();
            return self.column(&names, scope, span).value;
        }
        self.expr(base, scope);
        Value::open(span)
    }

    fn array(&mut self, values: &[Expr], scope: &Scope<'_>, span: Span) -> Value {
        let values: Vec<Value> = values
            .iter()
            .map(|value| self.expr(value, scope))
            .into_vec();
        let all: Vec<&Value> = values.iter().into_vec();
        let mut element = self.common(&all, "the array", span);
        if element.ty == Ty::Untyped && !values.is_empty() {
            let text = self.text_type();
            for value in &values {
                self.demand_type(value, &text, None, span);
            }
            element.ty = text;
        }
        let array = element.postgres().and_then(|element| {
            if element.element().is_some() {
                Some(element)
            } else {
                element.array()
            }
        });
        match array {
            Some(array) if !values.is_empty() => {
                let is_filled = values.iter().all(Value::is_whole);
                Value::new(Ty::Postgres(array), false, span).filled(is_filled)
            }
            _ => Value::new(Ty::Untyped, false, span).filled(values.is_empty()),
        }
    }

    fn array_of(&mut self, query: &Query, scope: &Scope<'_>, span: Span) -> Value {
        let fields = self.query(query, Some(scope), &scope.common, None);
        let first = fields.as_deref().and_then(|fields| fields.first());
        let array = first
            .and_then(|field| field.value.postgres())
            .and_then(array_of);
        match array {
            Some(array) => {
                let is_filled = first.is_some_and(|field| field.value.is_whole());
                Value::new(Ty::Postgres(array), false, span).filled(is_filled)
            }
            None => Value::open(span),
        }
    }

    fn subscript(&mut self, subscript: &Subscript, scope: &Scope<'_>, span: Span) -> Value {
        let mut base = self.expr(&subscript.base, scope);
        // Each number of several finds in one array: there is one type for all dimensions.
        if let ExprKind::Subscript(_) = &subscript.base.kind
            && base.ty != Ty::Postgres(PgType::JSONB)
            && let Some(array) = base.postgres().and_then(PgType::array)
        {
            base.ty = Ty::Postgres(array);
        }
        let is_document = base.ty == Ty::Postgres(PgType::JSONB);
        let index = if is_document {
            Ty::Postgres(PgType::TEXT)
        } else {
            Ty::Postgres(PgType::INT4)
        };
        for bound in [&subscript.first, &subscript.last].into_iter().flatten() {
            let value = self.expr(bound, scope);
            self.demand_type(&value, &index, None, bound.span);
            if let Ty::Postgres(wanted) = index {
                self.check_constant(&value, wanted);
            }
        }
        if is_document || subscript.slice {
            return base.derived(true, span);
        }
        let element = base
            .postgres()
            .and_then(|of| of.element().or_else(|| part_of(of)));
        match element {
            Some(element) => Value::new(Ty::Postgres(element), true, span),
            None => Value::open(span),
        }
    }

    fn cast(&mut self, cast: &Cast, scope: &Scope<'_>, span: Span) -> Value {
        let operand = self.expr(&cast.operand, scope);
        self.product_of_cast(cast);
        self.check_digits(cast);
        let grammar = self.facts.grammar;
        let known = grammar.and_then(|grammar| (grammar.cast)(&cast.to, operand.column_type()));
        let known = known.map(Ty::Of);
        let Some(ty) = known.or_else(|| self.type_of_name(&cast.to)) else {
            return Value::open(span);
        };
        self.demand_type(&operand, &ty, None, cast.to.span);
        if let Ty::Postgres(to) = ty {
            self.check_constant(&operand, to);
        }
        if let (Ty::Postgres(to), Some(from)) = (&ty, operand.postgres())
            && !can_cast(from, *to, Context::Explicit)
        {
            let (from, to) = (self.shown(&operand), to.name());
            self.report(findings::no_such_cast(&from, &to, span));
            return Value::wrong(span);
        }
        let gives_null = match (&ty, operand.postgres()) {
            (Ty::Of(found), _) => grammar.is_none_or(|grammar| (grammar.cast_gives_null)(found)),
            (Ty::Postgres(to), Some(from)) => cast_null(from, *to) == Null::Maybe,
            _ => false,
        };
        let is_filled = match &cast.operand.kind {
            ExprKind::Text(written) => names_no_null(written),
            _ => operand.is_filled,
        };
        Value::new(ty, operand.nullable || gives_null, span).filled(is_filled)
    }

    fn at_zone(
        &mut self,
        value: &Expr,
        zone: Option<&Expr>,
        scope: &Scope<'_>,
        span: Span,
    ) -> Value {
        let value = self.expr(value, scope);
        if let Some(zone) = zone {
            self.check_zone(zone);
        }
        let zone = zone.map(|zone| self.expr(zone, scope));
        let zone_type = zone
            .as_ref()
            .map_or(PgType::TEXT, |zone| zone.postgres().unwrap_or(PgType::TEXT));
        let Some(from) = value.postgres() else {
            return Value::open(span);
        };
        let values = zone.iter().chain([&value]).cloned().into_vec();
        let nullable = values.iter().any(|value| value.nullable);
        let result = self.postgres_call("timezone", &[zone_type, from], &values, span);
        result.map_or_else(|| Value::wrong(span), |ty| Value::new(ty, nullable, span))
    }

    fn case(&mut self, case: &Case, scope: &Scope<'_>, span: Span) -> Value {
        let operand = case
            .operand
            .as_ref()
            .map(|operand| self.expr(operand, scope));
        if let (Some(operand), true) = (&operand, self.facts.have_untyped_texts()) {
            // Nothing beside it has a say.
            let text = self.text_type();
            self.demand_type(operand, &text, None, operand.span);
        }
        let operand = operand.map(|operand| self.refreshed(&operand));
        let mut values = Vec::new();
        // PostgreSQL looks at the ELSE first.
        if let Some(otherwise) = &case.otherwise {
            values.push(self.expr(otherwise, scope));
        }
        for (condition, value) in &case.branches {
            let condition = self.expr(condition, scope);
            match &operand {
                Some(operand) => {
                    self.compared("=", operand, &condition, condition.span);
                }
                None => self.is_condition(&condition),
            }
            values.push(self.expr(value, scope));
        }
        if self.facts.have_catalogue() {
            let branches = case.branches.iter().flat_map(|(when, then)| [when, then]);
            for value in branches.chain(&case.otherwise) {
                self.check_no_rows("`CASE`", value);
            }
        }
        let all: Vec<&Value> = values.iter().into_vec();
        let nullable = case.otherwise.is_none() || values.iter().any(|value| value.nullable);
        let common = self.common(&all, "the `CASE`", span);
        common.derived(nullable, span)
    }

    /// One type for several values.
    pub(super) fn common(&mut self, values: &[&Value], what: &str, span: Span) -> Value {
        let nullable = values.iter().any(|value| value.nullable);
        if values.iter().any(|value| value.ty == Ty::Wrong) {
            return Value::wrong(span);
        }
        if values.iter().any(|value| value.ty == Ty::Open) {
            return Value::open(span);
        }
        let found = match self.facts.grammar {
            None => self.common_of_postgres(values, what, span),
            Some(grammar) => common_of_others(grammar, values, span),
        };
        for value in values {
            self.demand(value, &found);
            if let Ty::Postgres(wanted) = found.ty {
                self.check_constant(value, wanted);
            }
        }
        found.or_null(nullable)
    }

    fn common_of_postgres(&mut self, values: &[&Value], what: &str, span: Span) -> Value {
        let types: Vec<PgType> = values
            .iter()
            .filter_map(|value| value.postgres())
            .into_vec();
        if types.iter().all(|one| *one == PgType::UNKNOWN) {
            // It stays open for what stands around it.
            return Value::new(Ty::Untyped, false, span);
        }
        match common_type(&types) {
            Ok(common) => {
                let same = |value: &&&Value| value.postgres() == Some(common);
                let source = values.iter().find(same).and_then(|value| value.source);
                let all_same = values.iter().all(|value| value.source == source);
                let is_filled = values.iter().all(|value| match value.constant {
                    Constant::Text => names_no_null(self.text_at(value.span)),
                    Constant::Null => true,
                    Constant::No | Constant::Number => value.is_filled,
                });
                let mut value = Value::new(Ty::Postgres(common), false, span).filled(is_filled);
                value.source = source.filter(|_| all_same);
                value
            }
            Err(unlike) => {
                let (left, right) = (unlike.left.name(), unlike.right.name());
                self.report(findings::unlike(what, &left, &right, span));
                Value::wrong(span)
            }
        }
    }
}

/// Whether no element of the array that a text stands for is NULL: only that word does ("Array Input and Output Syntax"), whose letters
/// may be written by their numbers after a backslash.
fn names_no_null(text: &str) -> bool {
    !text.contains('\\') && !text.to_lowercase().contains("null")
}

/// One type for several values, by the rules of a dialect without a catalogue.
fn common_of_others(grammar: &Grammar, values: &[&Value], span: Span) -> Value {
    let mut found: Option<Value> = None;
    let typed = values.iter().filter(|value| value.ty != Ty::Untyped);
    for value in typed {
        let Some(before) = found.take() else {
            found = Some((*value).clone());
            continue;
        };
        let (Some(one), Some(other)) = (before.column_type(), value.column_type()) else {
            return Value::open(span);
        };
        if one == other {
            let source = before.source.filter(|_| before.source == value.source);
            found = Some(Value {
                source,
                ..before.derived(false, span)
            });
            continue;
        }
        let Some(wider) = (grammar.common)(one, other) else {
            // Which of the types a value has is known when it is read.
            return Value::open(span);
        };
        found = Some(Value::new(Ty::Of(wider), false, span));
    }
    match found {
        Some(found) => Value {
            source: found.source,
            ..found.derived(false, span)
        },
        None => Value::new(Ty::Untyped, false, span),
    }
}

/// The parts of shapes, which are numbered as an array's: `typelem` of `pg_type`.
fn part_of(shape: PgType) -> Option<PgType> {
    match shape.name().as_str() {
        "point" => Some(PgType::FLOAT8),
        "box" | "lseg" => PgType::named("point"),
        _ => None,
    }
}

/// The type of arrays of it.
pub(super) fn array_of(element: PgType) -> Option<PgType> {
    if element.element().is_some() {
        Some(element)
    } else {
        element.array()
    }
}

/// Section "Numeric Constants" of PostgreSQL's manual.
fn postgres_number(written: &str) -> PgType {
    let plain = written.replace('_', "");
    let digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    match plain.parse::<i64>() {
        Ok(value) if digits && i32::try_from(value).is_ok() => PgType::INT4,
        Ok(_) if digits => PgType::INT8,
        _ => PgType::NUMERIC,
    }
}
