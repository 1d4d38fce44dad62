//! One column: type, nullability, default, where its value comes from.

use crate::ast::TypeArgument;
use crate::column_type::ColumnType;
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftColumn, DraftGenerated, DraftTable};
use crate::model::{Column, ColumnId, FieldType, Generated, NativeColumn, PrimaryKey, TableId};
use crate::name;
use crate::parse::comment_text;
use crate::resolve::facts::Facts;
use crate::resolve::types::types_of;

use super::types::{Mapped, Settled};
use super::{Resolver, default, expression, native};

impl<'a> Resolver<'a> {
    /// A column; `key` is the primary key if it holds this column.
    pub(super) fn column(
        &mut self,
        id: ColumnId,
        table: &'a DraftTable,
        draft: &DraftColumn,
        key: Option<&PrimaryKey>,
        model_name: &str,
    ) -> Column {
        let is_foreign = self.foreign_type(table, draft, key.is_some());
        let settled = self.settle_type(table, draft, model_name, is_foreign);
        self.foreign_values(table, draft, &settled.column_type);
        let field_type = self.own_rust_type(id, table, draft, &settled);
        let keys = &Facts::of(table.dialect).keys;
        let may_be = types_of(table.dialect).are_made_by_schemas && !draft.type_name.array;
        let domain = may_be.then(|| self.domain_named(table.file, &draft.type_name));
        let domain = domain.flatten();
        let alone = key.is_some_and(|key| key.columns.len() == 1);
        let row_id = keys.number_rows && alone && is_row_id(table, draft);
        let written = draft
            .default
            .as_ref()
            .or(domain.and_then(|domain| domain.default.as_ref()));
        let strict_key = !keys.take_null || table.without_rowid || table.strict;
        let by_key = row_id || (key.is_some() && strict_key);
        let of_domain = domain.is_some_and(|domain| domain.not_null) && !by_key && !draft.not_null;
        let implied = by_key || of_domain;
        let notes = &draft.notes;
        let mut docs = notes.docs.clone();
        if docs.is_empty() {
            docs = draft
                .comment
                .as_deref()
                .map(comment_text)
                .unwrap_or_default();
        }
        let default = written.map(|written| default::default(written, &settled.column_type, table));
        let column = Column {
            name: draft.name.text.clone(),
            field: name::escape_keyword(
                &notes
                    .name
                    .as_ref()
                    .map_or_else(|| name::field(&draft.name.text), |name| name.text.clone()),
            ),
            span: draft.name.span,
            type_span: draft.type_name.span,
            sql_type: settled.sql_type,
            native: NativeColumn {
                not_null_of_domain: of_domain,
                ..native::column(draft, table, default.as_ref(), &settled.column_type)
            },
            default,
            float_digits: float_digits(table, draft, &settled.column_type),
            column_type: settled.column_type,
            as_text: settled.as_text,
            field_type,
            nullable: !draft.not_null && !implied,
            generated: generated(draft, table, row_id),
            collation: draft.collation.as_ref().map(|name| name.name.text.clone()),
            on_update_now: draft.on_update_now.is_some(),
            version: notes.version.is_some(),
            updated: notes.updated.is_some(),
            skip: notes.skip.is_some(),
            renamed_from: notes.renamed_from.as_ref().map(|name| name.text.clone()),
            redact: notes.redact,
            serde: notes.serde.clone(),
            link: None,
            docs,
        };
        self.check_skip(draft, &column, key);
        column
    }

    /// The Rust type that is given for the column itself. The one of its SQL type waits until it is known whether
    /// the column refers to another one, whose type it then has.
    fn own_rust_type(
        &mut self,
        id: ColumnId,
        table: &DraftTable,
        draft: &DraftColumn,
        settled: &Settled,
    ) -> FieldType {
        let said = self
            .mapping
            .find(table, &draft.name.text, &settled.sql_type);
        let path = match (&draft.notes.rust_type, said) {
            (Some(written), _) => return FieldType::Custom(written.text.clone()),
            (None, Some(Mapped::Column(path))) => return FieldType::Custom(path.to_owned()),
            (None, Some(Mapped::Type(path))) => Some(path),
            (None, None) => settled.rust_type.or_else(|| zero_or(draft, settled)),
        };
        if let Some(path) = path {
            let place = (TableId(self.model.tables.len() as u32), id);
            self.of_sql_type.insert(place, path.to_owned());
        }
        FieldType::Plain
    }

    /// A column that is left out must be able to do without a value.
    fn check_skip(&mut self, draft: &DraftColumn, column: &Column, key: Option<&PrimaryKey>) {
        let Some(span) = draft.notes.skip else { return };
        let free = column.nullable || column.default.is_some() || column.generated != Generated::No;
        let why = if key.is_some() {
            "belongs to the primary key"
        } else if !free {
            "is NOT NULL and has no default"
        } else {
            return;
        };
        let message = format!("column `{}` cannot be left out: it {why}", column.name);
        let help = "remove `@skip`, or give the column a default: `DEFAULT …`";
        self.diagnostics.push(
            Diagnostic::error("B0059", message)
                .at(span, "")
                .at(column.span, "this column")
                .help(help),
        );
    }
}

/// Returns the type that reads and writes `0000-00-00`, where the default itself is that date.
fn zero_or(draft: &DraftColumn, settled: &Settled) -> Option<&'static str> {
    let default = draft.default.as_ref()?;
    if !default::is_date_of_zeros(default) {
        return None;
    }
    match settled.column_type {
        ColumnType::Date => Some("bindery::types::ZeroOr<bindery::types::NaiveDate>"),
        ColumnType::DateTime(_) => Some("bindery::types::ZeroOr<bindery::types::NaiveDateTime>"),
        ColumnType::Timestamp(_) => {
            Some("bindery::types::ZeroOr<bindery::types::DateTime<bindery::types::Utc>>")
        }
        _ => None,
    }
}

/// The alias of the row id: `INTEGER PRIMARY KEY`, spelled out, alone.
fn is_row_id(table: &DraftTable, column: &DraftColumn) -> bool {
    column.type_name.written.eq_ignore_ascii_case("integer")
        && !table.without_rowid
        && !column.no_rowid_alias
}

/// The digits of `FLOAT(M,D)`.
fn float_digits(table: &DraftTable, draft: &DraftColumn, of: &ColumnType) -> Option<u32> {
    let is_float = matches!(of, ColumnType::F32 | ColumnType::F64);
    match draft.type_name.arguments.as_slice() {
        [_, TypeArgument::Number(digits)]
            if is_float && types_of(table.dialect).floats_have_digits =>
        {
            digits.parse().ok()
        }
        _ => None,
    }
}

fn generated(draft: &DraftColumn, table: &DraftTable, row_id: bool) -> Generated {
    match &draft.generated {
        DraftGenerated::No if row_id => Generated::Key { always: false },
        DraftGenerated::No => Generated::No,
        DraftGenerated::Counted { always } => Generated::Key { always: *always },
        DraftGenerated::Computed {
            expression: written,
            stored,
        } => Generated::Computed {
            expression: expression::expression(written, table),
            stored: *stored,
        },
    }
}
