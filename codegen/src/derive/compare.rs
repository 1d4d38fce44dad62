//! A struct and a schema file that both describe a table: where they differ, both places are reported.

use bindery_schema::column_type::ColumnType;
use bindery_schema::model::{Column, Generated, Model, Table};
use bindery_schema::source::{Sources, Span};

use super::description::{FieldDescription, SourceSpan};
use super::finding::{Findings, listed};
use super::rust_type::BuiltInType;
use super::shape::Shape;

/// The struct's side and the file's.
pub(super) struct Comparison<'a> {
    pub(super) shape: &'a Shape<'a>,
    /// The model of which the first table is the struct's.
    pub(super) own: &'a Model,
    pub(super) file: &'a Model,
    pub(super) sources: &'a Sources,
}

impl Comparison<'_> {
    /// Compares the struct's table with the file's of the same name, if there is one.
    pub(super) fn run(&self, findings: &mut Findings) {
        let own = &self.own.tables[0];
        let Some(table) = self.file.tables.iter().find(|table| table.name == own.name) else {
            return;
        };
        self.engines(own, table, findings);
        self.tags(table, findings);
        self.key(own, table, findings);
        for (column, field) in own.columns.iter().zip(self.fields()) {
            match table.columns.iter().find(|other| other.name == column.name) {
                Some(other) => self.column(field, column, other, findings),
                None => self.unknown_column(field, column, table, findings),
            }
        }
        self.missing_columns(own, table, findings);
    }

    /// In the order of the table's columns.
    fn fields(&self) -> impl Iterator<Item = &FieldDescription> {
        self.shape.columns.iter().map(|column| column.field)
    }

    fn name(&self) -> &str {
        &self.shape.description.name.value
    }

    fn at(&self, span: Span) -> String {
        self.sources.file(span.file).place(span.start)
    }

    fn engines(&self, own: &Table, table: &Table, findings: &mut Findings) {
        let names = |model: &Model, table: &Table| -> Vec<String> {
            table
                .engines
                .iter()
                .map(|&id| model.engine(id).name.clone())
                .collect()
        };
        let (here, there) = (names(self.own, own), names(self.file, table));
        if here == there {
            return;
        }
        let tag = self.shape.description.engines.as_ref();
        let place = tag.map_or(self.shape.description.name.place, |tag| tag.place);
        let at = self.at(table.engines_span.unwrap_or(table.span));
        let message = format!(
            "`{}` lives on {} here, and on {} at {at}",
            self.name(),
            listed(here.iter().map(String::as_str)),
            listed(there.iter().map(String::as_str))
        );
        let quoted: Vec<String> = there.iter().map(|name| format!("\"{name}\"")).collect();
        let help = format!(
            "write `#[engines({})]`, or change the file",
            quoted.join(", ")
        );
        findings.push(place, message, help);
    }

    /// Tags whose work is done by the code of rows that are generated, and by tables that are made of the file.
    fn tags(&self, table: &Table, findings: &mut Findings) {
        let publish = table.publish.as_ref().map(|tag| tag.span);
        for (tag, span) in [("@publish", publish), ("@capture", table.capture)] {
            let Some(span) = span else { continue };
            let message = format!(
                "`{}` is a struct, and its table has `{tag}` at {}",
                self.name(),
                self.at(span)
            );
            let help =
                format!("leave the struct out, so that it is generated, or leave `{tag}` out");
            findings.push(self.shape.description.name.place, message, help);
        }
    }

    fn key(&self, own: &Table, table: &Table, findings: &mut Findings) {
        let (here, there) = (key_columns(own), key_columns(table));
        if here == there {
            return;
        }
        let first = self.shape.description.key_fields().next();
        let place = first
            .and_then(|field| field.key.as_ref())
            .map_or(self.shape.description.name.place, |key| key.place);
        let at = self.at(table
            .primary_key
            .as_ref()
            .map_or(table.span, |key| key.span));
        let (message, help) = if there.is_empty() {
            (
                format!("`{}` has a key here, and none at {at}", self.name()),
                "leave `#[key]` out, or write `PRIMARY KEY` in the file".to_owned(),
            )
        } else {
            let names = listed(there.iter().copied());
            (
                format!(
                    "the key of `{}` is not the one at {at}: {names}",
                    self.name()
                ),
                format!("write `#[key]` above {names}, in this order, and nowhere else"),
            )
        };
        findings.push(place, message, help);
    }

    fn column(
        &self,
        field: &FieldDescription,
        own: &Column,
        other: &Column,
        findings: &mut Findings,
    ) {
        if own.nullable != other.nullable {
            self.nullability(field, other, findings);
        }
        if !self.same_type(&own.column_type, &other.column_type) {
            self.other_type(field, own, other, findings);
        }
        if origin(own) != origin(other) {
            self.other_origin(field, own, other, findings);
        }
    }

    fn nullability(&self, field: &FieldDescription, other: &Column, findings: &mut Findings) {
        let inner = &field.inner_type().text;
        let (words, wanted) = if other.nullable {
            ("may be NULL", format!("Option<{inner}>"))
        } else {
            ("is NOT NULL", inner.clone())
        };
        let message = format!("`{}` {words} at {}", other.name, self.at(other.span));
        findings.push(
            field.rust_type.place,
            message,
            format!("write `{}: {wanted}`", field.name.value),
        );
    }

    fn same_type(&self, own: &ColumnType, other: &ColumnType) -> bool {
        match (own, other) {
            (ColumnType::Enum(own), ColumnType::Enum(other)) => {
                let (own, other) = (self.own.enum_type(*own), self.file.enum_type(*other));
                own.values
                    .iter()
                    .map(|value| &value.value)
                    .eq(other.values.iter().map(|value| &value.value))
            }
            (ColumnType::Array(own), ColumnType::Array(other)) => self.same_type(own, other),
            (own, other) => own == other,
        }
    }

    fn other_type(
        &self,
        field: &FieldDescription,
        own: &Column,
        other: &Column,
        findings: &mut Findings,
    ) {
        let message = format!(
            "`{}` is {} here, and {} at {}",
            other.name,
            own.sql_type,
            other.sql_type,
            self.at(other.type_span)
        );
        let known = BuiltInType::of_column(&other.column_type);
        let same_in_rust = known.is_some() && known == BuiltInType::of_column(&own.column_type);
        let help = match known.filter(|_| !same_in_rust) {
            Some(known) => format!(
                "write `{}: {}` with `#[column(type = \"{}\")]`, or change the file",
                field.name.value,
                known.name(),
                other.sql_type
            ),
            None => format!(
                "write `#[column(type = \"{}\")]`, or change the file",
                other.sql_type
            ),
        };
        let place = field
            .sql_type
            .as_ref()
            .map_or(field.rust_type.place, |sql| sql.place);
        findings.push(place, message, help);
    }

    fn other_origin(
        &self,
        field: &FieldDescription,
        own: &Column,
        other: &Column,
        findings: &mut Findings,
    ) {
        let message = format!(
            "`{}` {} here, and {} at {}",
            other.name,
            origin(own).words(),
            origin(other).words(),
            self.at(other.span)
        );
        let help = match origin(other) {
            Origin::Given => "leave `generated` or `#[computed]` out, or change the file",
            Origin::Counted => "write `#[key(generated)]`, or change the file",
            Origin::Computed => {
                "write `#[computed(\"…\")]` with the file's expression, or change the file"
            }
        };
        findings.push(self.origin_place(field), message, help);
    }

    fn origin_place(&self, field: &FieldDescription) -> SourceSpan {
        let computed = field.computed.as_ref().map(|computed| computed.place);
        let key = field.key.as_ref().map(|key| key.place);
        computed.or(key).unwrap_or(field.name.place)
    }

    fn unknown_column(
        &self,
        field: &FieldDescription,
        own: &Column,
        table: &Table,
        findings: &mut Findings,
    ) {
        let place = field
            .column
            .as_ref()
            .map_or(field.name.place, |column| column.place);
        let message = format!(
            "the table at {} has no column `{}`",
            self.at(table.span),
            own.name
        );
        let known = table.columns.iter().map(|column| column.name.as_str());
        let help = match bindery_schema::name::suggest(&own.name, known) {
            Some(near) => format!("write `#[column(\"{near}\")]`, or add the column to the file"),
            None => format!(
                "leave the field out, or add the column to the file: `{} {}`",
                own.name, own.sql_type
            ),
        };
        findings.push(place, message, help);
    }

    fn missing_columns(&self, own: &Table, table: &Table, findings: &mut Findings) {
        let missing = table
            .columns
            .iter()
            .filter(|column| !column.skip && own.columns.iter().all(|own| own.name != column.name));
        for column in missing {
            let message = format!(
                "`{}` has no field for the column `{}` at {}",
                self.name(),
                column.name,
                self.at(column.span)
            );
            let rust = BuiltInType::of_column(&column.column_type).map_or("…", BuiltInType::name);
            let rust = if column.nullable {
                format!("Option<{rust}>")
            } else {
                rust.to_owned()
            };
            let help = format!(
                "add `pub {}: {rust}`, or write `-- @skip` above the column",
                column.field
            );
            findings.push(self.shape.description.name.place, message, help);
        }
    }
}

fn key_columns(table: &Table) -> Vec<&str> {
    let key = table.primary_key.as_ref();
    key.map_or(Vec::new(), |key| {
        key.columns
            .iter()
            .map(|&id| table.column(id).name.as_str())
            .collect()
    })
}

/// The source of a column's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Given,
    Counted,
    Computed,
}

impl Origin {
    const fn words(self) -> &'static str {
        match self {
            Self::Given => "is given by the program",
            Self::Counted => "is generated by the database",
            Self::Computed => "is computed by the database",
        }
    }
}

fn origin(column: &Column) -> Origin {
    match column.generated {
        Generated::No => Origin::Given,
        Generated::Key { .. } => Origin::Counted,
        Generated::Computed { .. } => Origin::Computed,
    }
}
