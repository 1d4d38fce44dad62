//! The door `#[derive(Model)]`, without its tokens: a description of a struct in, Rust text or findings out.
//!
//! A struct is written down as annotated SQL and takes the same way as a schema file: `read`, `check`, the emitters. What
//! differs is that the row is the user's own, and that the program's engines and databases come from `databases!`.

mod code;
mod compare;
mod description;
mod field;
mod finding;
mod mapping;
mod parameter;
mod report;
mod rust_type;
pub(crate) mod setting;
mod shape;
mod sql_piece;
mod target;
mod value;
mod written;

use std::collections::BTreeSet;

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{CheckedModel, Column, FieldType, Model};
use bindery_schema::source::SourceFile;

pub use self::code::{ModelPath, databases, nothing};
use self::compare::Comparison;
pub use self::description::{
    FieldDescription, KeyKind, ReferenceDescription, RustType, SourceSpan, Spanned,
    StructDescription,
};
pub use self::finding::{Finding, Findings};
use self::report::Reporter;
use self::rust_type::BuiltInType;
pub use self::setting::Setting;
use self::shape::{ColumnKind, Shape};
pub use self::value::{
    ValueBody, ValueDescription, ValueField, ValueVariant, database_enum, newtype,
};
use self::written::Written;

/// The code beside one struct: its key, `New…`, `…Patch` and all implementations; not the struct.
///
/// # Errors
/// Everything that is wrong with the struct, each at its place.
pub fn expand(description: &StructDescription, setting: &Setting) -> Result<String, Vec<Finding>> {
    let mut findings = Findings::default();
    names(description, &mut findings);
    let Some(shape) = Shape::from_description(description, setting, &mut findings) else {
        return Err(findings.into_sorted());
    };
    match checked(&shape, setting, &mut findings) {
        Some(model) if findings.is_empty() => Ok(code::of_struct(&model, &shape)),
        Some(_) | None => Err(findings.into_sorted()),
    }
}

/// Fields named by `#[unique(…)]` and `#[index(…)]` exist.
fn names(description: &StructDescription, findings: &mut Findings) {
    let known: BTreeSet<&str> = description
        .columns()
        .map(|field| field.name.value.as_str())
        .collect();
    let several = description.uniques.iter().chain(&description.indexes);
    for name in several.flat_map(|several| &several.value) {
        if !known.contains(name.value.as_str()) {
            let message = format!(
                "`{}` has no column `{}`",
                description.name.value, name.value
            );
            let fields = finding::listed(known.iter().copied());
            findings.push(name.place, message, format!("the fields are {fields}"));
        }
    }
}

/// The way of a schema file: written down, read, checked, compared.
fn checked(shape: &Shape<'_>, setting: &Setting, findings: &mut Findings) -> Option<CheckedModel> {
    let written = Written::from_shape(shape, setting);
    let (input, file) = input(&written, shape, setting);
    let reporter = Reporter {
        written: &written,
        file,
        sources: &input.sources,
        fallback: shape.description.name.place,
    };
    let mut diagnostics = Diagnostics::default();
    let mut model = bindery_schema::read_model(&input, &mut diagnostics);
    if !diagnostics.has_errors() && has_the_shape(&model, shape, findings) {
        fill(&mut model, shape, findings);
        compare(&model, shape, setting, findings);
    }
    let model = bindery_schema::check::check(model, &mut diagnostics);
    for finding in diagnostics
        .iter()
        .filter_map(|found| reporter.finding(found))
    {
        findings.add(finding);
    }
    model
}

fn input(
    written: &Written,
    shape: &Shape<'_>,
    setting: &Setting,
) -> (Input, bindery_schema::source::FileId) {
    let mut input = Input {
        files: Vec::new(),
        ..setting.input.clone()
    };
    input.forget_lints_of_configuration();
    let name = format!("struct {}", shape.description.name.value);
    let id = input
        .sources
        .add(SourceFile::new(name, written.sql.as_str()));
    input.files.push(InputFile {
        id,
        dialect: Some(shape.dialect),
        engines: Vec::new(),
    });
    (input, id)
}

/// A type or a default is SQL of the user's: it must not have ended the column it stands in.
fn has_the_shape(model: &Model, shape: &Shape<'_>, findings: &mut Findings) -> bool {
    let columns = model
        .tables
        .first()
        .map(|table| table.columns.iter().map(|column| column.name.as_str()));
    let expected = shape
        .columns
        .iter()
        .map(|column| column.field.column_name());
    let fits = columns.is_some_and(|columns| columns.eq(expected));
    if !fits {
        let message = format!(
            "the SQL texts of `{}` make another table than its fields",
            shape.description.name.value
        );
        let help = "a `type` is one type, a `default` one value and `#[computed]` one expression";
        findings.push(shape.description.name.place, message, help);
    }
    fits
}

/// Adds to the model what the struct knows better than its SQL: documentation, and the Rust types of the fields.
fn fill(model: &mut Model, shape: &Shape<'_>, findings: &mut Findings) {
    let Some(table) = model.tables.first_mut() else {
        return;
    };
    table.docs.clone_from(&shape.description.docs);
    for (column, planned) in table.columns.iter_mut().zip(&shape.columns) {
        column.docs.clone_from(&planned.field.docs);
        match &planned.kind {
            ColumnKind::OwnKey | ColumnKind::Refers(_) => {}
            ColumnKind::Custom => {
                column.field_type = FieldType::Custom(planned.field.inner_type().text.clone())
            }
            ColumnKind::BuiltInType(known) => {
                // The field says its type itself, whatever `[types]` has for the column's.
                column.field_type = FieldType::Plain;
                known_type(column, planned, *known, findings);
            }
        }
    }
}

/// A field of a known type: the column holds just that, unless `type` says what it holds; then the two must agree.
fn known_type(
    column: &mut Column,
    planned: &shape::Column<'_>,
    known: BuiltInType,
    findings: &mut Findings,
) {
    let Some(sql_type) = &planned.field.sql_type else {
        column.column_type = known
            .column_type()
            .unwrap_or_else(|| column.column_type.clone());
        return;
    };
    if BuiltInType::of_column(&column.column_type) == Some(known) {
        return;
    }
    if known.is_kept_as(&column.column_type) {
        column.field_type = FieldType::Custom(known.name().to_owned());
        return;
    }
    let name = &planned.field.name.value;
    let held = BuiltInType::of_column(&column.column_type);
    let message = match held {
        Some(held) => format!(
            "a column of type {} holds `{}`, not `{}`",
            sql_type.value,
            held.name(),
            known.name()
        ),
        None => format!(
            "a column of type {} does not hold `{}`",
            sql_type.value,
            known.name()
        ),
    };
    let own = known.column_type().map(|_| "leave `type` out".to_owned());
    let other = held.map(|held| format!("write `{name}: {}`", held.name()));
    let help: Vec<String> = other.into_iter().chain(own).collect();
    findings.push(sql_type.place, message, help.join(", or "));
}

fn compare(own: &Model, shape: &Shape<'_>, setting: &Setting, findings: &mut Findings) {
    let Some(file) = setting.file() else {
        return;
    };
    let comparison = Comparison {
        shape,
        own,
        file,
        sources: &setting.input.sources,
    };
    comparison.run(findings);
}
