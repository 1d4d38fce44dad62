//! Windows: the windows that a query names, and the order that the bounds of a frame count in.

use super::checker::{Checker, Clause};
use super::findings;
use super::literal::written_number;
use super::mysql::Construct;
use super::postgres::{Context, PgType, can_cast};
use super::query::columns_in;
use super::scope::Scope;
use super::value::{Ty, Value};
use crate::column_type::TypeClass;
use crate::lists::IntoVec as _;
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{Call, Expr, ExprKind, Frame, FrameUnit, Select, Window};

/// A window that a query names.
#[derive(Debug, Clone)]
pub(super) struct NamedWindow {
    name: String,
    /// The values that it orders by.
    order: Vec<Expr>,
    is_framed: bool,
}

impl Checker<'_> {
    /// The windows of a query; one may begin with another before it.
    pub(super) fn named_windows(&self, select: &Select) -> Vec<NamedWindow> {
        let mut known: Vec<NamedWindow> = Vec::new();
        for (name, window) in &select.windows {
            let base = self.base_of(window, &known);
            let own = window.order.iter().map(|sort| sort.value.clone());
            let named = NamedWindow {
                name: name.text.clone(),
                order: base.map_or_else(|| own.into_vec(), |base| base.order.clone()),
                is_framed: window.frame.is_some(),
            };
            known.push(named);
        }
        known
    }

    fn base_of<'k>(&self, window: &Window, known: &'k [NamedWindow]) -> Option<&'k NamedWindow> {
        let name = window.name.as_ref()?;
        let mut known = known.iter();
        known.find(|one| same_name(&one.name, &name.text, self.dialect))
    }

    /// The place of a call over a window, and its words that no window takes.
    pub(super) fn check_over(&mut self, call: &Call, span: Span) {
        let name = call.function();
        match self.clause {
            Clause::Window => self.report(findings::window_in_window(name, span)),
            Clause::Having => self.report(findings::window_in("HAVING", name, span)),
            _ => {
                if let Some(clause) = self.clause_before_groups() {
                    self.report(findings::window_in(clause, name, span));
                }
            }
        }
        let is_ordered = !call.order.is_empty() || !call.within.is_empty();
        let takes = &self.facts.windows;
        let word = if call.distinct {
            Some("DISTINCT")
        } else {
            (is_ordered && !takes.ordered_arguments).then_some("ORDER BY")
        };
        if let Some(word) = word {
            self.report(findings::word_over_window(word, name, span));
        }
        if takes.refused.contains(&name) {
            self.report(findings::not_over_window(name, span));
        }
        if matches!(name, "json_arrayagg" | "json_objectagg") {
            self.of_product(Construct::OverWindow(name), span);
        }
        self.check_count_of_window(call);
        self.check_order_of_window(call, span);
    }

    /// The order of a window, where its function needs one or has no use of one.
    fn check_order_of_window(&mut self, call: &Call, span: Span) {
        let Some(window) = call.over.as_ref() else {
            return;
        };
        let name = call.function();
        let base = self.base_of(window, &self.windows);
        let is_ordered =
            !window.order.is_empty() || base.is_some_and(|base| !base.order.is_empty());
        let is_known = window.name.is_none() || base.is_some();
        let takes = &self.facts.windows;
        if takes.need_order.contains(&name) && !is_ordered && is_known {
            self.report(findings::window_without_order(name, span));
        }
        if takes.refuse_order.contains(&name) && is_ordered {
            self.report(findings::window_with_order(name, span));
        }
    }

    /// The number of groups of `ntile` and the number of a row of `nth_value`, where it is written.
    fn check_count_of_window(&mut self, call: &Call) {
        let at = match call.function() {
            "ntile" => 0,
            "nth_value" => 1,
            _ => return,
        };
        let Some(argument) = call.arguments.get(at) else {
            return;
        };
        let is_count = |number: f64| number >= 1.0 && number.fract() == 0.0;
        if written_number(&argument.value).is_some_and(|number| !is_count(number)) {
            let finding = findings::no_place(call.function(), argument.value.span);
            self.report(finding);
        }
    }

    /// The values of a window.
    pub(super) fn window(&mut self, window: &Window, scope: &Scope<'_>) {
        let clause = match self.clause {
            Clause::Items => Clause::Window,
            clause => clause,
        };
        self.within(clause, |checker| checker.window_within(window, scope));
    }

    fn window_within(&mut self, window: &Window, scope: &Scope<'_>) {
        let mut scope = scope.clone();
        scope.aliases.1 |= self.facts.aliases.in_windows;
        let scope = &scope;
        let order = window.order.iter().map(|sort| &sort.value);
        for value in window.partition.iter().chain(order.clone()) {
            self.expr(value, scope);
        }
        let mut order: Vec<Expr> = order.cloned().into_vec();
        if let Some(name) = &window.name {
            let Some(base) = self.base_of(window, &self.windows).cloned() else {
                let known: Vec<String> = self.windows.iter().map(|one| one.name.clone()).into_vec();
                return self.report(findings::unknown_window(name, &known));
            };
            let again = match window {
                _ if !window.partition.is_empty() => Some("PARTITION BY"),
                _ if !order.is_empty() && !base.order.is_empty() => Some("ORDER BY"),
                _ if base.is_framed && window.frame.is_some() => Some("a frame"),
                _ => None,
            };
            if let Some(again) = again {
                self.report(findings::window_again(name, again));
            }
            order.extend(base.order);
        }
        if let Some(frame) = &window.frame {
            self.frame(frame, &order, scope);
        }
    }

    fn frame(&mut self, frame: &Frame, order: &[Expr], scope: &Scope<'_>) {
        if frame.is_backward {
            self.report(findings::frame_backward(frame.span));
        }
        let takes = &self.facts.windows;
        if frame.unit == FrameUnit::Groups && order.is_empty() && takes.groups_need_order {
            self.report(findings::order_of_frame("`GROUPS`", frame.span));
        }
        let ordered = match order {
            [only] if frame.unit == FrameUnit::Range => Some(self.expr(only, scope)),
            _ => None,
        };
        if frame.unit == FrameUnit::Range && ordered.is_none() && !frame.bounds.is_empty() {
            self.report(findings::order_of_frame("`RANGE` with a value", frame.span));
        }
        for bound in &frame.bounds {
            let number = written_number(bound);
            let takes_parts = frame.unit == FrameUnit::Range || takes.rounds_bounds;
            if number.is_some_and(|one| one < 0.0 || (one.fract() != 0.0 && !takes_parts)) {
                self.report(findings::bound_of_frame(bound.span));
                continue;
            }
            let mut columns = Vec::new();
            columns_in(bound, &mut columns);
            if !takes.columns_in_bounds && !columns.is_empty() {
                self.report(findings::column_in_frame(bound.span));
            }
            if let ExprKind::Interval(count, unit) = &bound.kind {
                self.of_product(Construct::FrameByInterval, bound.span);
                self.interval(count, unit, scope);
                continue;
            }
            let value = self.expr(bound, scope);
            match &ordered {
                Some(ordered) => self.check_range(&value, ordered, frame),
                None => self.check_count(&value),
            }
        }
    }

    /// A distance between values that rows are ordered by.
    fn check_range(&mut self, bound: &Value, ordered: &Value, frame: &Frame) {
        let takes = match &ordered.ty {
            Ty::Postgres(found) => distance(*found),
            Ty::Of(found) if self.facts.windows.distances_of_numbers => {
                let is_number =
                    super::grammar::rank(found).is_some() && found.class() != TypeClass::Year;
                is_number.then_some(PgType::UNKNOWN)
            }
            Ty::Of(_) | Ty::Untyped | Ty::Open | Ty::Wrong => return,
        };
        let Some(wanted) = takes else {
            let shown = self.shown(ordered);
            return self.report(findings::no_distance(&shown, frame.span));
        };
        if wanted == PgType::UNKNOWN {
            return;
        }
        self.demand_postgres(bound, wanted, None);
        let known = self.refreshed(bound);
        let fits = |found: PgType| {
            let among = [PgType::INT2, PgType::INT4, PgType::INT8];
            let is_integer = among.contains(&wanted) && among.contains(&found);
            is_integer || can_cast(found, wanted, Context::Implicit)
        };
        if known.postgres().is_some_and(|found| !fits(found)) {
            let (own, given) = (self.shown(ordered), self.shown(&known));
            self.report(findings::unlike_distance(&own, &given, bound.span));
        }
    }
}

/// The type of a distance between two values of a type: `in_range` of the operator families of btree.
fn distance(ordered: PgType) -> Option<PgType> {
    Some(match ordered {
        PgType::INT2 | PgType::INT4 | PgType::INT8 | PgType::NUMERIC | PgType::FLOAT8 => ordered,
        PgType::FLOAT4 => PgType::FLOAT8,
        PgType::DATE
        | PgType::TIME
        | PgType::TIMETZ
        | PgType::TIMESTAMP
        | PgType::TIMESTAMPTZ
        | PgType::INTERVAL => PgType::INTERVAL,
        _ => return None,
    })
}
