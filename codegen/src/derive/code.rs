//! From a checked struct to the emitters: which types the user's fields have that the schema cannot know.

use bindery_schema::model::CheckedModel;

use super::description::RustType;
use super::setting::Setting;
use super::shape::{Column, ColumnKind, Reference, Shape, Side};
pub use crate::emit::derive::ModelPath;
use crate::emit::derive::{OwnRow, OwnType, Watched, around_rows, beside_row, in_place_of_model};

/// The code at the root of the crate: engines, tags, `Databases`, the list of all models.
pub fn databases(setting: &Setting, models: &[ModelPath]) -> String {
    let watched = Watched {
        files: &setting.watched_files,
        variables: &setting.watched_variables,
    };
    around_rows((setting.engines(), setting.groups()), models, &watched)
}

/// Returns a substitute for the code of a struct with errors, so that the list of models has none of its own.
pub fn nothing(name: &str) -> String {
    in_place_of_model(name)
}

/// The code beside the struct.
pub(super) fn of_struct(model: &CheckedModel, shape: &Shape<'_>) -> String {
    let types = shape.columns.iter().map(own_type).collect();
    beside_row(model, &OwnRow { types })
}

/// A field's type as the user wrote it: a key of another model is where only the user knows.
fn own_type(column: &Column<'_>) -> Option<OwnType> {
    let written = column.field.inner_type();
    let refers = match &column.kind {
        ColumnKind::OwnKey => return None,
        ColumnKind::BuiltInType(_)
        | ColumnKind::Custom
        | ColumnKind::Refers(Reference { side: None, .. }) => None,
        ColumnKind::Refers(Reference {
            side: Some(side), ..
        }) => Some(side),
    };
    let on_row_engine = matches!(refers, Some(Side::Same));
    let path = if on_row_engine {
        path(written)
    } else {
        &written.text
    };
    Some(OwnType {
        path: path.to_owned(),
        on_row_engine,
        refers: refers.is_some(),
    })
}

/// The emitters call the row's engine `E`, whatever the user calls it.
fn path(written: &RustType) -> &str {
    written.text.split('<').next().unwrap_or_default()
}
