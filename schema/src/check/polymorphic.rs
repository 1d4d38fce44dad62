//! A row of one of several tables, referred to by the name of its table and its key. No foreign key can hold that, and it is no relation.

use crate::column_type::TypeClass;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Column, ColumnId, Model, Table};

/// The ends of the names of the two columns: `commentable_type` and `commentable_id`.
const ENDS: (&str, &str) = ("_type", "_id");

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        let pairs = (0..).zip(&table.columns).filter_map(|(at, key)| {
            let name = (!is_kept(table, ColumnId(at), key)).then_some(&key.name)?;
            let word = table.columns.iter().find(|word| says_table(word, name))?;
            Some((word, key))
        });
        pairs.for_each(|(word, key)| diagnostics.push(diagnostic(word, key)));
    }
}

/// Whether it is no such key, or one whose rows are known to be there.
fn is_kept(table: &Table, id: ColumnId, column: &Column) -> bool {
    let is_key = matches!(
        column.column_type.class(),
        TypeClass::Integer(_) | TypeClass::Uuid
    );
    let mut keys = table.foreign_keys.iter();
    !is_key || column.link.is_some() || keys.any(|key| key.columns.contains(&id))
}

/// Whether the column holds the name of the table that the one of this name is a key of.
fn says_table(column: &Column, key: &str) -> bool {
    let is_word = matches!(
        column.column_type.class(),
        TypeClass::Text | TypeClass::Enum
    );
    let beginning = column.name.strip_suffix(ENDS.0);
    is_word && beginning.is_some() && beginning == key.strip_suffix(ENDS.1)
}

fn diagnostic(word: &Column, key: &Column) -> Diagnostic {
    let message = format!(
        "`{}` and `{}` refer to a row of one of several tables, which no foreign key can hold",
        word.name, key.name
    );
    let help = "give each of these tables a nullable column with a foreign key of its own; or write `-- @allow B0414` where the program keeps \
                such references by itself";
    Diagnostic::warning("B0414", message)
        .at(key.span, "no relation: a row that is gone is not noticed")
        .at(word.span, "the table is named here")
        .help(help)
}
