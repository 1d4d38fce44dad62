//! A struct written down as annotated SQL, every piece with the place it came from.
//!
//! The tables it refers to are other structs, which a derive cannot see: each is written as a stub of the referred
//! column, of the same type, so that references resolve as they do in a schema file. Only the first table is generated.

use std::ops::Range;

use bindery_schema::dialect::Dialect;
use bindery_schema::name;

use super::description::{FieldDescription, KeyKind, ReferenceDescription, SourceSpan, Spanned};
use super::setting::Setting;
use super::shape::{Column, ColumnKind, Reference, Shape, Side};

/// The text and where its pieces come from.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) sql: String,
    marks: Vec<(Range<u32>, SourceSpan)>,
}

impl Written {
    /// The struct, then its stubs.
    pub(super) fn from_shape(shape: &Shape<'_>, setting: &Setting) -> Self {
        let mut written = Self::default();
        written.table(shape);
        for stub in Stub::all(shape, setting) {
            stub.write(shape.dialect, &mut written);
        }
        written
    }

    /// The place of the smallest piece that holds this range; `None` for what the struct does not say itself.
    pub(super) fn place(&self, range: Range<u32>) -> Option<SourceSpan> {
        let holding = self
            .marks
            .iter()
            .filter(|(piece, _)| piece.start <= range.start && range.end <= piece.end);
        holding
            .min_by_key(|(piece, _)| piece.end - piece.start)
            .map(|&(_, place)| place)
    }

    fn marked(&mut self, place: SourceSpan, write: impl FnOnce(&mut Self)) {
        let start = self.sql.len() as u32;
        write(self);
        self.marks.push((start..self.sql.len() as u32, place));
    }

    fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    fn push_spanned(&mut self, said: &Spanned<String>) {
        self.marked(said.place, |written| written.push(&said.value));
    }

    fn quoted(&mut self, name: &str, dialect: Dialect) {
        let quote = match dialect {
            Dialect::Sqlite | Dialect::Postgres => '"',
            Dialect::Mysql => '`',
        };
        self.sql.push(quote);
        for letter in name.chars() {
            if letter == quote {
                self.sql.push(quote);
            }
            self.sql.push(letter);
        }
        self.sql.push(quote);
    }

    fn table(&mut self, shape: &Shape<'_>) {
        let described = shape.description;
        self.marked(described.name.place, |written| {
            written.engines(shape);
            if described.validate {
                written.push("-- @validate\n");
            }
            written.push(&format!(
                "-- @model {}\nCREATE TABLE ",
                described.name.value
            ));
            let place = described
                .table
                .as_ref()
                .map_or(described.name.place, |table| table.place);
            written.marked(place, |written| written.own_name(shape));
            written.push(" (");
            written.entries(shape);
            written.push("\n)");
            written.push(portable_options(shape.dialect));
            written.push(";\n");
        });
        self.indexes(shape);
    }

    fn engines(&mut self, shape: &Shape<'_>) {
        let Some(tag) = &shape.description.engines else {
            return;
        };
        self.push("-- ");
        self.marked(tag.place, |written| {
            written.push("@engines ");
            for (index, name) in tag.value.iter().enumerate() {
                written.push(if index > 0 { ", " } else { "" });
                written.push_spanned(name);
            }
        });
        self.push("\n");
    }

    fn entries(&mut self, shape: &Shape<'_>) {
        for (index, column) in shape.columns.iter().enumerate() {
            self.push(if index > 0 { ",\n" } else { "\n" });
            self.column(column, shape);
        }
        self.composite_key(shape);
        for column in &shape.columns {
            if let Some(place) = column.field.unique {
                self.constraint(place, "UNIQUE", &[column.field], shape.dialect);
            }
        }
        self.uniques(shape);
        for column in &shape.columns {
            if let ColumnKind::Refers(reference) = &column.kind {
                self.foreign_key(column.field, reference, shape.dialect);
            }
        }
    }

    fn column(&mut self, column: &Column<'_>, shape: &Shape<'_>) {
        let field = column.field;
        self.annotations(column);
        self.marked(field.name.place, |written| {
            let place = field
                .column
                .as_ref()
                .map_or(field.name.place, |column| column.place);
            written.marked(place, |written| {
                written.quoted(field.column_name(), shape.dialect)
            });
            written.push(" ");
            let place = field
                .sql_type
                .as_ref()
                .map_or(field.rust_type.place, |sql| sql.place);
            written.marked(place, |written| written.push(&column.sql_type));
            written.options(column, shape);
        });
    }

    fn annotations(&mut self, column: &Column<'_>) {
        let field = column.field;
        if name::field(field.column_name()) != field.name.value {
            self.push("-- @name ");
            self.push_spanned(&field.name);
            self.push("\n");
        }
        let flags = [("version", field.version), ("updated", field.updated)];
        for (word, place) in flags {
            if let Some(place) = place {
                self.push("-- ");
                self.marked(place, |written| written.push(&format!("@{word}")));
                self.push("\n");
            }
        }
        if let ColumnKind::Refers(reference) = &column.kind {
            self.link(reference);
        }
    }

    fn link(&mut self, reference: &Reference) {
        if !reference.is_link {
            return;
        }
        self.push("-- ");
        self.marked(reference.place, |written| {
            let target = &reference.target;
            let schema = target
                .schema
                .iter()
                .map(|schema| format!("{schema}."))
                .collect::<String>();
            written.push(&format!(
                "@link {schema}{}({})",
                target.table, target.column
            ));
            match &reference.side {
                Some(Side::Same) => written.push(" on same"),
                Some(Side::On(engine)) => written.push(&format!(" on {engine}")),
                Some(Side::Only) | None => {}
            }
        });
        self.push("\n");
    }

    fn options(&mut self, column: &Column<'_>, shape: &Shape<'_>) {
        let field = column.field;
        if let Some(computed) = &field.computed {
            self.push(" GENERATED ALWAYS AS (");
            self.push_spanned(computed);
            self.push(") STORED");
        }
        if !field.nullable() {
            self.push(" NOT NULL");
        }
        if let Some(default) = &field.default {
            self.push(" DEFAULT ");
            self.push_spanned(default);
        }
        let alone = shape.description.key_fields().count() == 1;
        if let Some(key) = field.key.as_ref().filter(|_| alone) {
            self.marked(key.place, |written| {
                written.single_key(key.value, shape.dialect)
            });
        }
    }

    fn single_key(&mut self, kind: KeyKind, dialect: Dialect) {
        let counted = match (kind, dialect) {
            (KeyKind::Given, _) | (KeyKind::Generated, Dialect::Sqlite) => "",
            (KeyKind::Generated, Dialect::Postgres) => " GENERATED BY DEFAULT AS IDENTITY",
            (KeyKind::Generated, Dialect::Mysql) => " AUTO_INCREMENT",
        };
        self.push(counted);
        self.push(" PRIMARY KEY");
    }

    fn composite_key(&mut self, shape: &Shape<'_>) {
        let keys: Vec<&FieldDescription> = shape.description.key_fields().collect();
        if let ([first, _, ..], Some(key)) = (
            keys.as_slice(),
            keys.first().and_then(|field| field.key.as_ref()),
        ) {
            let place = first.key.as_ref().map_or(first.name.place, |_| key.place);
            self.constraint(place, "PRIMARY KEY", &keys, shape.dialect);
        }
    }

    fn indexes(&mut self, shape: &Shape<'_>) {
        for column in &shape.columns {
            if let Some(place) = column.field.index {
                self.index(place, &[column.field], shape);
            }
        }
        for index in &shape.description.indexes {
            self.index(index.place, &named(shape, &index.value), shape);
        }
    }

    /// Named by its table and columns, as SQLite knows no index without a name.
    fn index(&mut self, place: SourceSpan, fields: &[&FieldDescription], shape: &Shape<'_>) {
        let columns: Vec<&str> = fields.iter().map(|field| field.column_name()).collect();
        let name = format!("{}_{}_idx", shape.table, columns.join("_"));
        self.marked(place, |written| {
            written.push("CREATE INDEX ");
            written.quoted(&name, shape.dialect);
            written.push(" ON ");
            written.own_name(shape);
            written.push(" ");
            written.columns(fields, shape.dialect);
            written.push(";");
        });
        self.push("\n");
    }

    fn uniques(&mut self, shape: &Shape<'_>) {
        for unique in &shape.description.uniques {
            let fields = named(shape, &unique.value);
            self.constraint(unique.place, "UNIQUE", &fields, shape.dialect);
        }
    }

    fn constraint(
        &mut self,
        place: SourceSpan,
        words: &str,
        fields: &[&FieldDescription],
        dialect: Dialect,
    ) {
        self.push(",\n");
        self.marked(place, |written| {
            written.push(words);
            written.push(" ");
            written.columns(fields, dialect);
        });
    }

    fn columns(&mut self, fields: &[&FieldDescription], dialect: Dialect) {
        self.push("(");
        for (index, field) in fields.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.quoted(field.column_name(), dialect);
        }
        self.push(")");
    }

    fn foreign_key(&mut self, field: &FieldDescription, reference: &Reference, dialect: Dialect) {
        if reference.is_link {
            return;
        }
        self.constraint(reference.place, "FOREIGN KEY", &[field], dialect);
        self.push(" ");
        self.marked(reference.place, |written| {
            written.push("REFERENCES ");
            written.target(reference, dialect);
            if let Some(said) = &field.references {
                written.actions(&said.value);
            }
        });
    }

    fn actions(&mut self, reference: &ReferenceDescription) {
        let both = [
            ("DELETE", &reference.on_delete),
            ("UPDATE", &reference.on_update),
        ];
        for (word, action) in both {
            if let Some(action) = action {
                self.push(&format!(" ON {word} "));
                self.push_spanned(action);
            }
        }
    }

    fn target(&mut self, reference: &Reference, dialect: Dialect) {
        let target = &reference.target;
        self.table_name(target.schema.as_deref(), &target.table, dialect);
        self.push(" (");
        self.quoted(&target.column, dialect);
        self.push(")");
    }

    fn own_name(&mut self, shape: &Shape<'_>) {
        self.table_name(shape.schema.as_deref(), &shape.table, shape.dialect);
    }

    fn table_name(&mut self, schema: Option<&str>, table: &str, dialect: Dialect) {
        if let Some(schema) = schema {
            self.quoted(schema, dialect);
            self.push(".");
        }
        self.quoted(table, dialect);
    }
}

/// The fields of these names; that there are such was checked.
fn named<'a>(shape: &Shape<'a>, names: &[Spanned<String>]) -> Vec<&'a FieldDescription> {
    let field = |name: &Spanned<String>| {
        let mut columns = shape.description.columns();
        columns.find(|field| field.name.value == name.value)
    };
    names.iter().filter_map(field).collect()
}

/// A table of another struct, as far as references show it.
struct Stub<'a> {
    schema: Option<&'a str>,
    table: &'a str,
    engines: Vec<&'a str>,
    columns: Vec<StubColumn<'a>>,
}

struct StubColumn<'a> {
    name: &'a str,
    sql_type: &'a str,
    is_key: bool,
    place: SourceSpan,
}

impl<'a> Stub<'a> {
    fn all(shape: &'a Shape<'a>, setting: &'a Setting) -> Vec<Self> {
        let mut stubs: Vec<Self> = Vec::new();
        for column in &shape.columns {
            let ColumnKind::Refers(reference) = &column.kind else {
                continue;
            };
            if reference.target.table == shape.table && reference.target.schema == shape.schema {
                continue;
            }
            let known = stubs.iter_mut().find(|stub| stub.is_of(reference));
            match known {
                Some(stub) => stub.add(reference, column),
                None => {
                    let mut stub = Self::of_reference(reference, shape, setting);
                    stub.add(reference, column);
                    stubs.push(stub);
                }
            }
        }
        stubs
    }

    fn is_of(&self, reference: &Reference) -> bool {
        self.table == reference.target.table && self.schema == reference.target.schema.as_deref()
    }

    fn of_reference(reference: &'a Reference, shape: &Shape<'a>, setting: &'a Setting) -> Self {
        Self {
            schema: reference.target.schema.as_deref(),
            table: &reference.target.table,
            engines: engines_of(reference, shape, setting),
            columns: Vec::new(),
        }
    }

    fn add(&mut self, reference: &'a Reference, column: &'a Column<'a>) {
        let name = reference.target.column.as_str();
        if self.columns.iter().all(|known| known.name != name) {
            self.columns.push(StubColumn {
                name,
                sql_type: &column.sql_type,
                is_key: reference.side.is_some(),
                place: reference.place,
            });
        }
    }

    fn write(&self, dialect: Dialect, written: &mut Written) {
        let place = self.columns.first().map(|column| column.place);
        written.push(&format!(
            "-- @engines {}\nCREATE TABLE ",
            self.engines.join(", ")
        ));
        let start = written.sql.len() as u32;
        written.table_name(self.schema, self.table, dialect);
        written.push(" (");
        for (index, column) in self.columns.iter().enumerate() {
            written.push(if index > 0 { ", " } else { "" });
            written.quoted(column.name, dialect);
            let key = if column.is_key {
                "PRIMARY KEY"
            } else {
                "UNIQUE"
            };
            written.push(&format!(" {} NOT NULL {key}", column.sql_type));
        }
        written.push(");\n");
        let end = written.sql.len() as u32;
        written.marks.extend(place.map(|place| (start..end, place)));
    }
}

/// Returns the engines of a referred table as far as the key's type shows them: a plain key is of a model on one
/// engine, one with an engine of a model on several.
fn engines_of<'a>(
    reference: &'a Reference,
    shape: &Shape<'a>,
    setting: &'a Setting,
) -> Vec<&'a str> {
    let all = || setting.engines().iter().map(|engine| engine.name.as_str());
    match (&reference.side, reference.is_link) {
        (Some(Side::Same), _) | (Some(Side::Only) | None, false) => shape.engines.clone(),
        (Some(Side::Only) | None, true) => {
            let elsewhere = |name: &&str| !shape.engines.contains(name);
            let alone = all().filter(|name| setting.is_alone(name));
            let other = alone.clone().find(elsewhere).or(alone.clone().next());
            other
                .or(shape.engines.first().copied())
                .into_iter()
                .collect()
        }
        (Some(Side::On(engine)), _) => {
            let other = all().find(|name| name != engine);
            std::iter::once(engine.as_str()).chain(other).collect()
        }
    }
}

/// A struct has no character sets: its texts are distinguished as on the other databases.
fn portable_options(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mysql => " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
        Dialect::Sqlite | Dialect::Postgres => "",
    }
}
