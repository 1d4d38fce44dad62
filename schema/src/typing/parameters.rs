//! Parameters: one cell for each, whose type the first use that gives it one decides.

use super::checker::{Checker, ListUse};
use super::findings;
use super::value::{Constant, Ty, Value};
use crate::model::{ColumnId, TableId};
use crate::source::Span;
use crate::syntax::Parameter;

/// A parameter so far.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) parameter: Parameter,
    pub(super) ty: Ty,
    pub(super) source: Option<(TableId, ColumnId)>,
    /// The use that decided its type.
    pub(super) decided: Option<Span>,
    pub(super) nullable: bool,
    /// Those of its places where it is a list.
    pub(super) lists: Vec<(Span, ListUse)>,
    /// Its places, in the order of the text.
    pub(super) uses: Vec<Span>,
}

impl Checker<'_> {
    /// The value of a parameter here.
    pub(super) fn parameter(&mut self, parameter: &Parameter, span: Span) -> Value {
        // An expression may be looked at twice, and each `?` is a parameter of its own.
        let known = |cell: &Cell| match parameter {
            Parameter::Next => cell.uses.contains(&span),
            Parameter::Named(_) | Parameter::Numbered(_) => cell.parameter == *parameter,
        };
        if *parameter == Parameter::Numbered(0) {
            self.report(findings::parameter_zero(span));
        }
        let at = match self.cells.iter().position(known) {
            Some(at) => at,
            None => {
                self.cells.push(self.new_cell(parameter));
                self.cells.len() - 1
            }
        };
        let cell = &mut self.cells[at];
        if !cell.uses.contains(&span) {
            cell.uses.push(span);
        }
        Value {
            cell: Some(at),
            source: cell.source,
            is_filled: true,
            ..Value::new(cell.ty.clone(), cell.nullable, span)
        }
    }

    fn new_cell(&self, parameter: &Parameter) -> Cell {
        let given = self
            .annotations
            .parameters
            .iter()
            .find(|given| given.parameter == *parameter);
        let ty = given.map(|given| self.type_of_name(&given.to).unwrap_or(Ty::Wrong));
        Cell {
            parameter: parameter.clone(),
            ty: ty.unwrap_or(Ty::Untyped),
            source: None,
            decided: given.map(|given| given.to.span),
            nullable: given.is_some_and(|given| given.nullable) || self.is_optional(parameter),
            lists: Vec::new(),
            uses: Vec::new(),
        }
    }

    fn is_optional(&self, parameter: &Parameter) -> bool {
        match parameter {
            Parameter::Named(name) => self.optional.contains(name),
            Parameter::Numbered(_) | Parameter::Next => false,
        }
    }

    /// A value becomes what stands beside it, if it has no type of its own.
    pub(super) fn demand(&mut self, value: &Value, wanted: &Value) {
        self.demand_type(value, &wanted.ty, wanted.source, wanted.span);
    }

    pub(super) fn demand_type(
        &mut self,
        value: &Value,
        wanted: &Ty,
        source: Option<(TableId, ColumnId)>,
        by: Span,
    ) {
        let Some(cell) = value.cell else { return };
        // A mistake beside it was reported, and is not reported of it, too.
        if matches!(wanted, Ty::Untyped | Ty::Open) {
            return;
        }
        let cell = &mut self.cells[cell];
        if cell.ty == Ty::Untyped {
            cell.ty = wanted.clone();
            cell.source = source;
            cell.decided = Some(by);
        }
    }

    /// NULL may be given for it: it is compared with NULL, or has something in its place.
    pub(super) fn may_be_null(&mut self, value: &Value) {
        if let Some(cell) = value.cell {
            self.cells[cell].nullable = true;
        }
    }

    /// Those whose type nothing decides.
    pub(super) fn check_parameters(&mut self) {
        for cell in self.cells.clone() {
            let lists = cell.lists.len();
            if lists > 0
                && lists < cell.uses.len()
                && let Some((list, _)) = cell.lists.first()
            {
                let is_list = |place: &&Span| !cell.lists.iter().any(|(list, _)| list == *place);
                let value = cell.uses.iter().find(is_list).copied().unwrap_or(*list);
                let shown = shown(&cell.parameter);
                self.report(findings::list_and_value(&shown, *list, value));
            }
            if cell.ty == Ty::Untyped
                && let Some(&span) = cell.uses.first()
            {
                let (shown, written) = (shown(&cell.parameter), self.text_at(span));
                self.report(findings::parameter_without_type(&shown, written, span));
            }
        }
    }
}

/// As it is written in an annotation.
pub(super) fn shown(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Named(name) => name.clone(),
        Parameter::Numbered(number) => number.to_string(),
        Parameter::Next => "?".to_owned(),
    }
}

/// Whether the value is a constant text, which each database reads as what stands beside it.
pub(super) fn is_text_constant(value: &Value) -> bool {
    value.constant == Constant::Text
}
