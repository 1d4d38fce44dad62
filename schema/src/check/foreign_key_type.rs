//! The columns of a foreign key and those they refer to have types that the database compares.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::DialectRules as _;
use crate::dialect::{ColumnPlace, Dialect};
use crate::lists::IntoVec as _;
use crate::model::{ForeignKey, Model, TableId};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for id in model.table_ids() {
        for key in &model.table(id).foreign_keys {
            for (child, parent) in pairs(model, id, key) {
                if let Some(dialect) = refused_by(child, parent) {
                    diagnostics.push(finding(child, parent, dialect, key));
                }
            }
        }
    }
}

/// Each column with the one it refers to.
fn pairs<'m>(
    model: &'m Model,
    table: TableId,
    key: &ForeignKey,
) -> Vec<(ColumnPlace<'m>, ColumnPlace<'m>)> {
    let place = |table, column| ColumnPlace {
        model,
        table,
        column,
    };
    let columns = key.columns.iter().zip(&key.referred);
    columns
        .map(|(own, referred)| (place(table, *own), place(key.table, *referred)))
        .into_vec()
}

/// The dialect of the first engine that does not take the key. A column that is not written in an engine's own dialect
/// gets the type of what it refers to there.
fn refused_by(child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> Option<Dialect> {
    let engines = child.table().engines.iter();
    let mut dialects = engines.map(|engine| child.model.engine(*engine).dialect);
    dialects.find(|dialect| child.is_native(*dialect) && !dialect.rules().compares(child, parent))
}

fn finding(
    child: ColumnPlace<'_>,
    parent: ColumnPlace<'_>,
    dialect: Dialect,
    key: &ForeignKey,
) -> Diagnostic {
    let (own, referred) = (child.column(), parent.column());
    let message = format!(
        "a foreign key from `{}` to `{}({})` joins types that {} does not compare",
        own.name,
        parent.table().name.name,
        referred.name,
        dialect.product()
    );
    let diagnostic = Diagnostic::error("B0128", message)
        .at(own.type_span, format!("this is `{}`", own.sql_type))
        .at(
            referred.type_span,
            format!("and this `{}`", referred.sql_type),
        )
        .at(key.span, "");
    diagnostic.help(format!(
        "declare `{}` as `{}`, as the column that it refers to",
        own.name, referred.sql_type
    ))
}
