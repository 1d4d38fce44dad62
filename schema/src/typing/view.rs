//! Queries of views: what is not known of one leaves it without a model, and only names that stand for nothing are reported.

use super::checker::{CheckedColumn, Checker};
use super::names::{Names, UnknownName};
use super::scope::{Common, Field};
use super::value::{Constant, Ty};
use crate::ast::ObjectName;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::{Model, TableId};
use crate::source::Span;
use crate::syntax::Whole;

/// A view's query, as far as it is known.
#[derive(Debug)]
pub(crate) struct Looked {
    /// Why it is not known which there are, where it is not.
    pub(crate) columns: Result<Vec<LookedColumn>, Option<String>>,
    /// The tables and views of the model that it reads.
    pub(crate) reads: Vec<TableId>,
    /// The names of what it reads and whose columns are not known.
    pub(crate) opens: Vec<ObjectName>,
    pub(crate) unknown: Vec<UnknownName>,
}

/// A column that a view gives.
#[derive(Debug)]
pub(crate) struct LookedColumn {
    /// `None` where the database makes one up.
    pub(crate) name: Option<String>,
    /// The item that it comes from.
    pub(crate) span: Span,
    /// Why its type is not known, where it is not.
    pub(crate) typed: Result<CheckedColumn, Option<String>>,
}

/// Looks through the query of a view, `text` being that of its whole file.
pub(crate) fn columns_of_view(
    model: &Model,
    names: &dyn Names,
    dialect: Dialect,
    text: &str,
    query: &Whole,
) -> Looked {
    query.look(|statement| {
        let mut checker = Checker::new(model, names, dialect, text);
        let fields = checker.statement(statement, None, &Common::default());
        let columns = match fields {
            Some(fields) => {
                let columns = fields.iter().enumerate();
                Ok(columns
                    .map(|(at, field)| checker.looked(at, field))
                    .into_vec())
            }
            None => Err(checker.reason(query.span())),
        };
        Looked {
            columns,
            reads: checker.tables,
            opens: checker.opens,
            unknown: checker.unknown,
        }
    })
}

impl Checker<'_> {
    fn looked(&mut self, at: usize, field: &Field) -> LookedColumn {
        let value = &field.value;
        // A bare NULL could be of any type.
        let is_null = value.ty == Ty::Untyped && value.constant == Constant::Null;
        let reason = self.reason(value.span);
        let typed = if is_null {
            None
        } else {
            self.output(at, field)
        };
        LookedColumn {
            name: field.name.clone(),
            span: value.span,
            typed: typed.ok_or_else(|| reason.or_else(|| self.reason(value.span))),
        }
    }

    /// The first finding in this part of the text.
    fn reason(&self, place: Span) -> Option<String> {
        let is_within = |one: &&Diagnostic| {
            let at = one.labels.first().map(|label| label.span);
            at.is_some_and(|at| place.start <= at.start && at.end <= place.end)
        };
        let found = self.findings.iter().find(is_within);
        found.map(|found| found.message.clone())
    }
}
