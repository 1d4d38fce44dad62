//! Storage and compression of PostgreSQL's columns, which are written where they are not the type's own.

use crate::ast::ColumnSetting;
use crate::draft::DraftColumn;

/// The column is stored so from here on.
pub(super) fn change(column: &mut DraftColumn, setting: ColumnSetting, value: &str) {
    let type_name = &column.type_name;
    let usual = match type_name.array {
        true => usual_value(setting, ""),
        false => usual_value(setting, &type_name.name),
    };
    if value.eq_ignore_ascii_case(usual) || value.eq_ignore_ascii_case("DEFAULT") {
        column.settings.remove(&setting);
    } else {
        column.settings.insert(setting, value.to_owned());
    }
}

/// A column with another type is stored as is usual for that (`ATExecAlterColumnType` of PostgreSQL).
pub(super) fn forget(column: &mut DraftColumn) {
    column.settings.clear();
}

/// The value for a type whose values have several lengths (`pg_type.typstorage`).
pub(crate) fn usual_value(setting: ColumnSetting, type_name: &str) -> &'static str {
    match (setting, type_name) {
        (ColumnSetting::Compression, _) => "default",
        (ColumnSetting::Storage, "numeric" | "decimal" | "inet" | "cidr") => "MAIN",
        (ColumnSetting::Storage, _) => "EXTENDED",
    }
}
