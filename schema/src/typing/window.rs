//! Windows: the windows that a query names, and the order that the bounds of a frame count in.

use super::checker::Checker;
use super::findings;
use super::postgres::{Context, PgType, can_cast};
use super::query::columns_in;
use super::scope::Scope;
use super::value::{Ty, Value};
use crate::column_type::TypeClass;
use crate::dialect::Dialect;
use crate::name::same_name;
use crate::syntax::{Expr, ExprKind, Frame, FrameUnit, Select, Window};

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
                order: base.map_or_else(|| own.collect(), |base| base.order.clone()),
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

    /// The values of a window. MariaDB's may name items.
    pub(super) fn window(&mut self, window: &Window, scope: &Scope<'_>) {
        let mut scope = scope.clone();
        scope.aliases.1 |= self.dialect == Dialect::Mysql;
        let scope = &scope;
        let order = window.order.iter().map(|sort| &sort.value);
        for value in window.partition.iter().chain(order.clone()) {
            self.expr(value, scope);
        }
        let mut order: Vec<Expr> = order.cloned().collect();
        if let Some(name) = &window.name {
            let Some(base) = self.base_of(window, &self.windows).cloned() else {
                let known: Vec<String> = self.windows.iter().map(|one| one.name.clone()).collect();
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
        let is_postgres = self.dialect == Dialect::Postgres;
        if frame.unit == FrameUnit::Groups && order.is_empty() && is_postgres {
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
            let mut columns = Vec::new();
            columns_in(bound, &mut columns);
            if is_postgres && !columns.is_empty() {
                self.report(findings::column_in_frame(bound.span));
            }
            if let ExprKind::Interval(count, unit) = &bound.kind {
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
            Ty::Of(found) if self.dialect == Dialect::Mysql => {
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
