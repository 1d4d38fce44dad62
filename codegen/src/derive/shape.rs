//! The first look at a struct: what only a derive can get wrong, and how each field is stored.

use bindery_schema::dialect::Dialect;
use bindery_schema::name::{is_valid_engine_name, suggest};
use heck::ToSnakeCase;

use super::description::{FieldDescription, KeyKind, SourceSpan, StructDescription};
use super::finding::{Findings, listed};
use super::rust_type::BuiltInType;
use super::setting::Setting;
use super::target::{Target, is_name};

/// A struct that can be written down as a table.
pub(super) struct Shape<'a> {
    pub(super) description: &'a StructDescription,
    /// `auth` of `#[table("auth.users")]`.
    pub(super) schema: Option<String>,
    pub(super) table: String,
    /// Names, in the order of the tag.
    pub(super) engines: Vec<&'a str>,
    pub(super) dialect: Dialect,
    pub(super) columns: Vec<Column<'a>>,
}

/// A field that is a column.
pub(super) struct Column<'a> {
    pub(super) field: &'a FieldDescription,
    pub(super) sql_type: String,
    pub(super) kind: ColumnKind,
}

/// The kind of a column's Rust type.
pub(super) enum ColumnKind {
    /// The model's own key, `BlogId`.
    OwnKey,
    /// Something that refers to another row.
    Refers(Reference),
    /// A type that is known here.
    BuiltInType(BuiltInType),
    /// A type of the user's own.
    Custom,
}

/// A column that refers to another table.
pub(super) struct Reference {
    pub(super) target: Target,
    pub(super) place: SourceSpan,
    pub(super) is_link: bool,
    /// The column that is referred to: a key, typed by its engine, or a plain unique column.
    pub(super) side: Option<Side>,
}

/// The engine of a key type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Side {
    /// A key without a parameter: `UserId`.
    Only,
    /// `BlogId<E>`.
    Same,
    /// `BlogId<engine::B>`: the engine's name.
    On(String),
}

impl<'a> Shape<'a> {
    /// Looks at everything; `None` when there is an error among the findings that leaves nothing to write down.
    pub(super) fn from_description(
        description: &'a StructDescription,
        setting: &'a Setting,
        findings: &mut Findings,
    ) -> Option<Self> {
        let engines = setting.with_models_of(engines(description, setting, findings));
        let dialect = dialect(description, &engines, setting, findings);
        let looker = Looker {
            description,
            setting,
            dialect,
            several: engines.len() > 1,
        };
        looker.parameter(&engines, findings);
        let columns = description
            .columns()
            .filter_map(|field| looker.column(field, findings))
            .collect();
        looker.visibility(findings);
        looker.keys(findings);
        looker.table_name(findings);
        findings.is_empty().then(|| Self {
            description,
            schema: schema(description).map(str::to_owned),
            table: table_name(description),
            engines,
            dialect,
            columns,
        })
    }
}

/// `#[table]`, or the struct's name in snake case.
pub(super) fn table_name(description: &StructDescription) -> String {
    description.table.as_ref().map_or_else(
        || description.name.value.to_snake_case(),
        |table| {
            with_schema(&table.value)
                .map_or(table.value.as_str(), |(_, table)| table)
                .to_owned()
        },
    )
}

fn schema(description: &StructDescription) -> Option<&str> {
    let table = description.table.as_ref()?;
    with_schema(&table.value).map(|(schema, _)| schema)
}

/// Two plain names with a point between them; any other text is a name as it is.
fn with_schema(text: &str) -> Option<(&str, &str)> {
    text.split_once('.')
        .filter(|(schema, table)| is_name(schema) && is_name(table))
}

fn engines<'a>(
    description: &'a StructDescription,
    setting: &'a Setting,
    findings: &mut Findings,
) -> Vec<&'a str> {
    let Some(tag) = &description.engines else {
        if setting.input.default_engine.is_none() {
            let message = format!(
                "`{}` does not say where it lives, and there is no engine `default`",
                description.name.value
            );
            let known = setting
                .engines()
                .iter()
                .map(|engine| format!("\"{}\"", engine.name));
            let help = format!(
                "write `#[engines({})]`",
                known.collect::<Vec<_>>().join(", ")
            );
            findings.push(description.name.place, message, help);
        }
        return vec!["default"];
    };
    if tag.value.is_empty() {
        findings.push(
            tag.place,
            "`#[engines]` names no engine",
            "write `#[engines(\"default\")]`",
        );
    }
    for name in &tag.value {
        if !is_valid_engine_name(&name.value) {
            let message = format!(
                "`{}` is not a name an engine can have",
                name.value.escape_debug()
            );
            let help = format!(
                "the engines are {}",
                listed(setting.engines().iter().map(|engine| engine.name.as_str()))
            );
            findings.push(name.place, message, help);
        }
    }
    tag.value.iter().map(|name| name.value.as_str()).collect()
}

fn dialect(
    description: &StructDescription,
    engines: &[&str],
    setting: &Setting,
    findings: &mut Findings,
) -> Dialect {
    let first = engines.first().and_then(|name| setting.engine(name));
    let of_engine = first.map_or(Dialect::Sqlite, |engine| engine.dialect);
    let Some(written) = &description.dialect else {
        return of_engine;
    };
    let found = Dialect::ALL
        .into_iter()
        .find(|dialect| dialect.name() == written.value);
    found.unwrap_or_else(|| {
        let near = suggest(&written.value, Dialect::ALL.map(Dialect::name)).unwrap_or("sqlite");
        let message = format!("there is no dialect `{}`", written.value.escape_debug());
        let help = format!(
            "write `#[dialect(\"{near}\")]`; the dialects are `sqlite`, `postgres` and `mysql`"
        );
        findings.push(written.place, message, help);
        of_engine
    })
}

/// The input of the rules.
pub(super) struct Looker<'a> {
    pub(super) description: &'a StructDescription,
    pub(super) setting: &'a Setting,
    pub(super) dialect: Dialect,
    /// The model lives on several engines.
    pub(super) several: bool,
}

impl<'a> Looker<'a> {
    pub(super) fn name(&self) -> &'a str {
        &self.description.name.value
    }

    /// `BlogId<E>` or `UserId`.
    pub(super) fn key_type(&self) -> String {
        if self.several {
            let parameter = self.description.parameter.as_ref();
            format!(
                "{}Id<{}>",
                self.name(),
                parameter.map_or("E", |parameter| &parameter.value)
            )
        } else {
            format!("{}Id", self.name())
        }
    }

    /// Tags are public, and what a public tag's row is cannot be less so (E0446).
    fn visibility(&self, findings: &mut Findings) {
        if self.description.visibility != "pub" {
            let message = format!("`{}` has to be `pub` where it stands", self.name());
            let help = format!(
                "write `pub struct {}`; a private module keeps it to the crate all the same",
                self.name()
            );
            findings.push(self.description.name.place, message, help);
        }
    }

    /// A key is complete: one field of the key's own type, or several fields of any.
    fn keys(&self, findings: &mut Findings) {
        let keys: Vec<&FieldDescription> = self.description.key_fields().collect();
        if let [_, _, ..] = keys.as_slice() {
            let generated = keys.iter().filter_map(|field| field.key.as_ref());
            for key in generated.filter(|key| key.value == KeyKind::Generated) {
                let help = "write `#[key]`: of several key columns the program gives every value";
                findings.push(
                    key.place,
                    "a part of a key cannot be generated by the database",
                    help,
                );
            }
        }
        for field in keys.iter().filter(|field| field.nullable()) {
            let message = format!("the key `{}` cannot be optional", field.name.value);
            let help = format!(
                "write `pub {}: {}`",
                field.name.value,
                field.inner_type().text
            );
            findings.push(field.rust_type.place, message, help);
        }
    }

    fn table_name(&self, findings: &mut Findings) {
        if let Some(table) = self
            .description
            .table
            .as_ref()
            .filter(|table| table.value.is_empty())
        {
            findings.push(
                table.place,
                "a table needs a name",
                format!("write `#[table(\"{}\")]`", self.name().to_snake_case()),
            );
        }
    }
}
