//! Operators: those of one rank, comparisons, and what stands before an operand.

use super::checker::Checker;
use super::findings;
use super::grammar::{Grammar, is_text, is_unsigned, rank};
use super::mysql::Construct;
use super::parameters::is_text_constant;
use super::scope::Scope;
use super::value::{Constant, Ty, Value};
use crate::ast::Name;
use crate::column_type::{ColumnType, LobSize, TypeClass};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::{Chain, Expr, ExprKind, Operator};

impl Checker<'_> {
    /// Operators of one rank, from the left.
    pub(super) fn chain(&mut self, chain: &Chain, scope: &Scope<'_>, span: Span) -> Value {
        let mut left = None;
        let mut before = &chain.first;
        if let (ExprKind::Interval(count, unit), [(operator, moved)]) =
            (&chain.first.kind, chain.rest.as_slice())
            && operator.text == "+"
        {
            self.interval(count, unit, scope);
            let moved = self.expr(moved, scope);
            return self.moved_by(&moved, &unit.text, span);
        }
        for (operator, right) in &chain.rest {
            (self.facts.values.check_texts_beside)(self, (before, right), operator);
            if let (None, ExprKind::Row(_)) = (&left, &before.kind) {
                self.rows_compared(before, right, scope);
                left = Some(Value::new(self.condition_type(), true, span));
                continue;
            }
            let value = match left.take() {
                Some(value) => value,
                None => self.expr(before, scope),
            };
            let here = Span {
                end: right.span.end,
                ..chain.first.span
            };
            left = Some(match &right.kind {
                ExprKind::Interval(count, unit) if matches!(&*operator.text, "+" | "-") => {
                    self.interval(count, unit, scope);
                    self.moved_by(&value, &unit.text, here)
                }
                ExprKind::Row(values) if !self.facts.values.rows => {
                    self.report(findings::number_of_values(1, values.len(), right.span));
                    Value::wrong(here)
                }
                _ => {
                    let right = self.expr(right, scope);
                    self.binary(operator, &value, &right, here)
                }
            });
            before = right;
        }
        let value = left.unwrap_or_else(|| Value::open(span));
        Value { span, ..value }
    }

    /// The count of MySQL's `INTERVAL 1 DAY`.
    pub(super) fn interval(&mut self, count: &Expr, unit: &Name, scope: &Scope<'_>) {
        let count = self.expr(count, scope);
        // Others are texts of several numbers: `DAY_HOUR`.
        if !unit.text.contains('_') {
            self.demand_type(&count, &Ty::Of(ColumnType::I64), None, count.span);
        }
    }

    /// `(a, b) = (1, 2)`.
    pub(super) fn rows_compared(&mut self, left: &Expr, right: &Expr, scope: &Scope<'_>) {
        let ExprKind::Row(lefts) = &left.kind else {
            return;
        };
        let lefts: Vec<Value> = lefts.iter().map(|part| self.expr(part, scope)).into_vec();
        let rights: Vec<Value> = match &right.kind {
            ExprKind::Row(rights) => rights.iter().map(|part| self.expr(part, scope)).into_vec(),
            ExprKind::Query(query) => {
                let fields = self.query(query, Some(scope), &scope.common, None);
                let fields = fields.iter().flat_map(|fields| fields.iter());
                fields.map(|field| field.value.clone()).into_vec()
            }
            _ => vec![self.expr(right, scope)],
        };
        if lefts.len() != rights.len() {
            self.report(findings::number_of_values(
                lefts.len(),
                rights.len(),
                right.span,
            ));
            return;
        }
        for (left, right) in lefts.iter().zip(&rights) {
            self.compared("=", left, right, right.span);
        }
    }

    fn binary(&mut self, operator: &Operator, left: &Value, right: &Value, span: Span) -> Value {
        let text = operator.text.as_str();
        match text {
            _ if self.facts.values.logical.contains(&text) => {
                self.is_condition(left);
                self.is_condition(right);
                let nullable = left.nullable || right.nullable;
                Value::new(self.condition_type(), nullable, span)
            }
            "=" | "==" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => {
                if right.constant == Constant::Null || left.constant == Constant::Null {
                    let place = if right.constant == Constant::Null {
                        right
                    } else {
                        left
                    };
                    self.report(findings::compared_with_null(text, place.span));
                    return Value::new(self.condition_type(), true, span);
                }
                self.compared(text, left, right, span)
            }
            "<=>" => {
                self.compared("=", left, right, span);
                Value::new(self.condition_type(), false, span)
            }
            "member of" => {
                self.of_product(Construct::MemberOf, operator.span);
                Value::new(self.condition_type(), true, span)
            }
            "overlaps" | "sounds like" => Value::new(self.condition_type(), true, span),
            _ => match self.facts.grammar {
                None => self.postgres_operator(text, Some(left), right, span),
                Some(grammar) => self.computed(grammar, (left, text, right), span),
            },
        }
    }

    /// A comparison, whose operands become each other's types.
    pub(super) fn compared(
        &mut self,
        operator: &str,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Value {
        if self.facts.have_catalogue() {
            return self.postgres_operator(operator, Some(left), right, span);
        }
        self.demand(left, right);
        self.demand(right, left);
        if let (Some(one), Some(other)) = (left.column_type(), right.column_type())
            && are_unlike(one, other)
            && !is_text_constant(left)
            && !is_text_constant(right)
            && left.constant != Constant::Null
        {
            let (one, other) = (self.shown(left), self.shown(right));
            self.report(findings::no_such_operator(
                operator,
                Some(&one),
                &other,
                span,
            ));
        }
        let nullable = left.nullable || right.nullable;
        Value::new(self.condition_type(), nullable, span)
    }

    /// An operator that does not take these values; of a parameter, the use that gave it its type is shown.
    pub(super) fn report_operator(
        &mut self,
        operator: &str,
        left: Option<&Value>,
        right: &Value,
        span: Span,
    ) {
        let shown = left.map(|left| self.shown(left));
        let other = self.shown(right);
        let uses = left
            .into_iter()
            .flat_map(|left| [(left, right), (right, left)]);
        for (value, beside) in uses {
            let cell = value.cell.map(|cell| self.cells[cell].clone());
            if let Some(cell) = cell
                && let Some(decided) = cell.decided
                && !beside.is_silent()
            {
                let (own, second) = (self.shown(value), self.shown(beside));
                let finding = findings::parameter_of_two_types(
                    &super::parameters::shown(&cell.parameter),
                    (&own, decided),
                    (&second, beside.span),
                );
                return self.report(finding);
            }
        }
        self.report(findings::no_such_operator(
            operator,
            shown.as_deref(),
            &other,
            span,
        ));
    }

    pub(super) fn arithmetic(
        &mut self,
        grammar: &Grammar,
        (left, operator, right): (&Value, &str, &Value),
        span: Span,
    ) -> Value {
        self.demand(left, right);
        self.demand(right, left);
        let left = self.refreshed(left);
        let right = self.refreshed(right);
        self.check_operands(operator, &left, &right, span);
        // A division by zero is NULL.
        let divides = matches!(operator, "/" | "%" | "div" | "mod");
        let nullable = left.nullable || right.nullable || divides;
        let (Some(one), Some(other)) = (left.column_type(), right.column_type()) else {
            return Value::open(span);
        };
        if operator == "div" {
            let ty = if is_unsigned(one) || is_unsigned(other) {
                ColumnType::U64
            } else {
                ColumnType::I64
            };
            return Value::new(Ty::Of(ty), nullable, span);
        }
        let sign = match operator {
            "mod" => '%',
            other => other.chars().next().unwrap_or('+'),
        };
        let (one, other) = ((grammar.operand)(one), (grammar.operand)(other));
        let is_number = |of: &ColumnType| rank(of).is_some() || of.class() == TypeClass::Year;
        let found = (is_number(&one) && is_number(&other))
            .then(|| (grammar.arithmetic)(&one, sign, &other))
            .flatten();
        found.map_or_else(
            || Value::open(span),
            |ty| Value::new(Ty::Of(ty), nullable, span),
        )
    }

    /// A parameter as it is now.
    pub(super) fn refreshed(&self, value: &Value) -> Value {
        match value.cell {
            Some(cell) => Value {
                ty: self.cells[cell].ty.clone(),
                source: self.cells[cell].source,
                ..value.clone()
            },
            None => value.clone(),
        }
    }

    /// MySQL's `date + INTERVAL 1 DAY`, which is NULL for what is no date.
    pub(super) fn moved_by(&self, value: &Value, unit: &str, span: Span) -> Value {
        let whole_days = ["day", "week", "month", "quarter", "year", "year_month"].contains(&unit);
        let ty = match value.column_type().map(ColumnType::class) {
            Some(TypeClass::Date) if whole_days => ColumnType::Date,
            Some(TypeClass::Date) => ColumnType::DateTime(6),
            Some(TypeClass::DateTime | TypeClass::Timestamp) => ColumnType::DateTime(6),
            Some(TypeClass::Time) => ColumnType::Time(6),
            Some(TypeClass::Text) => ColumnType::Text(LobSize::Unbounded),
            _ => return Value::open(span),
        };
        Value::new(Ty::Of(ty), true, span)
    }

    /// An operator before its operand.
    pub(super) fn prefix(&mut self, operator: &Operator, operand: &Value, span: Span) -> Value {
        let text = operator.text.as_str();
        if self.facts.values.negations.contains(&text) {
            self.is_condition(operand);
            return Value::new(self.condition_type(), operand.nullable, span);
        }
        let Some(grammar) = self.facts.grammar else {
            return self.postgres_operator(text, None, operand, span);
        };
        match text {
            "+" => operand.derived(operand.nullable, span),
            "-" => {
                let ty = operand.column_type().and_then(grammar.negative);
                let constant = operand.constant;
                let value = ty.map_or_else(
                    || Value::open(span),
                    |ty| Value::new(Ty::Of(ty), operand.nullable, span),
                );
                Value { constant, ..value }
            }
            "~" => {
                let ty = Ty::Of(grammar.bits.clone());
                Value::new(ty, operand.nullable, span)
            }
            "binary" => Value::new(
                Ty::Of(ColumnType::Blob(LobSize::Unbounded)),
                operand.nullable,
                span,
            ),
            _ => Value::open(span),
        }
    }
}

/// A number and a text: the databases compare them, each by rules of its own.
fn are_unlike(one: &ColumnType, other: &ColumnType) -> bool {
    let is_number = |of: &ColumnType| {
        rank(of).is_some() && !matches!(of.class(), TypeClass::Boolean | TypeClass::Year)
    };
    (is_number(one) && is_text(other)) || (is_text(one) && is_number(other))
}
