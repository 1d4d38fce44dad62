//! `#[derive(Value)]` and `#[derive(DatabaseEnum)]`, without their tokens: a description in, Rust text or findings out.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase,
    ToUpperCamelCase,
};

use bindery_schema::name::suggest;

use super::description::{SourceSpan, Spanned};
use super::finding::{Finding, Findings, listed};
use crate::rust_writer::{RustWriter, string_literal};

/// A struct or enum that is to be a value of a column.
#[derive(Debug, Clone)]
pub struct ValueDescription {
    /// As written, `r#` included.
    pub name: Spanned<String>,
    /// The first of its parameters, if it has any.
    pub parameter: Option<SourceSpan>,
    /// `#[repr(i16)]`.
    pub repr: Option<Spanned<String>>,
    /// `#[value(rename_all = "kebab-case")]`.
    pub rename_all: Option<Spanned<String>>,
    /// Its fields or variants.
    pub body: ValueBody,
}

/// The fields or variants of a value.
#[derive(Debug, Clone)]
pub enum ValueBody {
    /// A struct with these fields.
    Struct(Vec<ValueField>),
    /// An enum with these variants.
    Enum(Vec<ValueVariant>),
    /// A union, which no column holds.
    Union,
}

/// A field of a struct.
#[derive(Debug, Clone)]
pub struct ValueField {
    /// Its name, or its number.
    pub name: String,
    /// The type as written.
    pub rust_type: String,
}

/// A variant of an enum.
#[derive(Debug, Clone)]
pub struct ValueVariant {
    /// As written, `r#` included.
    pub name: Spanned<String>,
    /// It holds values of its own.
    pub has_fields: bool,
    /// `#[value(rename = "in-transit")]`.
    pub rename: Option<Spanned<String>>,
}

/// The implementations of a struct around one value.
///
/// # Errors
/// Everything that is wrong with it, each at its place.
pub fn newtype(description: &ValueDescription) -> Result<String, Vec<Finding>> {
    let mut findings = Findings::default();
    let name = &description.name;
    parameters(description, &mut findings);
    let field = match &description.body {
        ValueBody::Struct(fields) => match fields.as_slice() {
            [only] => Some(only),
            [] | [_, _, ..] => {
                let message = format!(
                    "`{}` has {} fields, and a value is one",
                    name.value,
                    fields.len()
                );
                let help = format!(
                    "write `struct {}(String);`; several values are several columns, or one of `bindery::types::Json`",
                    name.value
                );
                findings.push(name.place, message, help);
                None
            }
        },
        ValueBody::Enum(_) => {
            let message = format!("`{}` is an enum", name.value);
            findings.push(
                name.place,
                message,
                "write `#[derive(bindery::DatabaseEnum)]`",
            );
            None
        }
        ValueBody::Union => {
            let message = format!("`{}` is a union", name.value);
            findings.push(name.place, message, "write a struct with one field");
            None
        }
    };
    for said in description.rename_all.iter().chain(&description.repr) {
        let help = "leave it out: a struct is stored as the value in it";
        findings.push(said.place, format!("`{}` is for enums", said.value), help);
    }
    match field {
        Some(field) if findings.is_empty() => Ok(newtype_code(&name.value, field)),
        Some(_) | None => Err(findings.into_sorted()),
    }
}

/// The implementations of an enum without values.
///
/// # Errors
/// Everything that is wrong with it, each at its place.
pub fn database_enum(description: &ValueDescription) -> Result<String, Vec<Finding>> {
    let mut findings = Findings::default();
    parameters(description, &mut findings);
    let variants = variants(description, &mut findings);
    let stored = stored(description, variants, &mut findings);
    if findings.is_empty() {
        Ok(enum_code(&description.name.value, &stored))
    } else {
        Err(findings.into_sorted())
    }
}

fn parameters(description: &ValueDescription, findings: &mut Findings) {
    if let Some(place) = description.parameter {
        let message = format!(
            "`{}` has a parameter, and a column holds values of one type",
            description.name.value
        );
        let help = "leave it out, or implement `bindery::types::{ToColumn, FromColumn}` by hand";
        findings.push(place, message, help);
    }
}

fn variants<'d>(description: &'d ValueDescription, findings: &mut Findings) -> &'d [ValueVariant] {
    let name = &description.name;
    let variants = match &description.body {
        ValueBody::Enum(variants) => variants.as_slice(),
        ValueBody::Struct(_) | ValueBody::Union => {
            let message = format!("`{}` is not an enum", name.value);
            findings.push(
                name.place,
                message,
                "write `#[derive(bindery::Value)]` for a struct around one value",
            );
            return &[];
        }
    };
    if variants.is_empty() {
        let message = format!("`{}` has no variants, so no value can be read", name.value);
        findings.push(
            name.place,
            message,
            "write a variant for each value that is stored",
        );
    }
    for variant in variants.iter().filter(|variant| variant.has_fields) {
        let message = format!(
            "variant `{}` holds values, and a column one text or number",
            variant.name.value
        );
        findings.push(
            variant.name.place,
            message,
            "leave its fields out, or store the enum as `bindery::types::Json`",
        );
    }
    variants
}

/// The form in which the variants are stored.
enum Stored<'d> {
    /// As whole numbers of this type.
    Integers(&'d str, Vec<&'d str>),
    /// As texts, each with its variant.
    Texts(Vec<(&'d str, String)>),
}

const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

fn stored<'d>(
    description: &'d ValueDescription,
    variants: &'d [ValueVariant],
    findings: &mut Findings,
) -> Stored<'d> {
    let Some(repr) = &description.repr else {
        return Stored::Texts(texts(description, variants, findings));
    };
    if !INTEGERS.contains(&repr.value.as_str()) {
        let message = format!(
            "`{}` is not as wide on every machine as in a database",
            repr.value
        );
        findings.push(
            repr.place,
            message,
            "write one of `i8` to `i64`, or `u8` to `u64`: `#[repr(i32)]`",
        );
    }
    let renames = variants
        .iter()
        .filter_map(|variant| variant.rename.as_ref());
    for said in description.rename_all.iter().chain(renames) {
        let help = format!(
            "leave it out, or `#[repr({})]` for an enum that is stored as text",
            repr.value
        );
        findings.push(
            said.place,
            "an enum that is stored as numbers has no names",
            help,
        );
    }
    let names = variants.iter().map(|variant| variant.name.value.as_str());
    Stored::Integers(&repr.value, names.collect())
}

fn texts<'d>(
    description: &'d ValueDescription,
    variants: &'d [ValueVariant],
    findings: &mut Findings,
) -> Vec<(&'d str, String)> {
    let rule = description.rename_all.as_ref().map_or(RULES[2].1, |said| {
        let found = RULES.iter().find(|(name, _)| *name == said.value);
        found.map_or_else(
            || {
                unknown_rule(said, findings);
                RULES[2].1
            },
            |(_, rule)| *rule,
        )
    });
    let mut known: Vec<(&str, String)> = Vec::new();
    for variant in variants {
        let text = match &variant.rename {
            Some(said) => said.value.clone(),
            None if description.rename_all.is_some() => rule(plain(&variant.name.value)),
            None => plain(&variant.name.value).to_owned(),
        };
        if let Some((other, _)) = known.iter().find(|(_, known)| *known == text) {
            let message = format!(
                "variants `{other}` and `{}` are both stored as \"{}\"",
                variant.name.value,
                text.escape_debug()
            );
            let place = variant
                .rename
                .as_ref()
                .map_or(variant.name.place, |said| said.place);
            findings.push(
                place,
                message,
                "give one of them another text: `#[value(rename = \"…\")]`",
            );
        }
        known.push((&variant.name.value, text));
    }
    known
}

fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// The rules of `rename_all`, called as serde does.
type Rule = (&'static str, fn(&str) -> String);

const RULES: [Rule; 8] = [
    ("lowercase", |name| name.to_lowercase()),
    ("UPPERCASE", |name| name.to_uppercase()),
    ("PascalCase", |name| name.to_upper_camel_case()),
    ("camelCase", |name| name.to_lower_camel_case()),
    ("snake_case", |name| name.to_snake_case()),
    ("SCREAMING_SNAKE_CASE", |name| name.to_shouty_snake_case()),
    ("kebab-case", |name| name.to_kebab_case()),
    ("SCREAMING-KEBAB-CASE", |name| name.to_shouty_kebab_case()),
];

fn unknown_rule(said: &Spanned<String>, findings: &mut Findings) {
    let names = RULES.map(|(name, _)| name);
    let message = format!(
        "`{}` is not a way to write names",
        said.value.escape_debug()
    );
    let help = match suggest(&said.value, names) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("write one of {}", listed(names)),
    };
    findings.push(said.place, message, help);
}

const WRITE: &str = "fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>)";
const READ: &str = "fn read(row: &mut ::bindery::types::RowReader<'_>) -> ::bindery::Result<Self>";

fn newtype_code(name: &str, field: &ValueField) -> String {
    let ValueField {
        name: field,
        rust_type,
    } = field;
    code(
        name,
        |w| {
            w.line(&format!(
                "::bindery::types::ToColumn::write(&self.{field}, params);"
            ))
        },
        |w| {
            w.line(&format!(
                "let value = <{rust_type} as ::bindery::types::FromColumn>::read(row)?;"
            ));
            w.line(&format!(
                "::core::result::Result::Ok(Self {{ {field}: value }})"
            ));
        },
    )
}

fn enum_code(name: &str, stored: &Stored<'_>) -> String {
    match stored {
        Stored::Integers(repr, variants) => {
            let (wide, method) = if *repr == "u64" {
                ("u64", "u64")
            } else {
                ("i64", "i64")
            };
            code(
                name,
                |w| {
                    w.block("let value = match self", |w| {
                        for variant in variants {
                            w.line(&format!(
                                "Self::{variant} => Self::{variant} as {repr} as {wide},"
                            ));
                        }
                    });
                    w.line(&format!("; params.{method}(value);"));
                },
                |w| {
                    w.line(&format!("let value = row.{method}()?;"));
                    for variant in variants {
                        w.line(&format!(
                            "if value == Self::{variant} as {repr} as {wide} {{ return ::core::result::Result::Ok(Self::{variant}); }}"
                        ));
                    }
                    w.line(&unknown(name));
                },
            )
        }
        Stored::Texts(variants) => code(
            name,
            |w| {
                w.block("let value = match self", |w| {
                    for (variant, text) in variants {
                        w.line(&format!("Self::{variant} => {},", string_literal(text)));
                    }
                });
                w.line("; params.text(value);");
            },
            |w| {
                w.block("let value = match row.text()?", |w| {
                    for (variant, text) in variants {
                        w.line(&format!(
                            "{} => ::core::option::Option::Some(Self::{variant}),",
                            string_literal(text)
                        ));
                    }
                    w.line("_ => ::core::option::Option::None,");
                });
                w.line("; if let ::core::option::Option::Some(value) = value { return ::core::result::Result::Ok(value); }");
                w.line(&unknown(name));
            },
        ),
    }
}

/// A stored value that is none of the variants: the error names engine, model and column, and not the value.
fn unknown(name: &str) -> String {
    let expected = string_literal(&format!("value of `{}`", plain(name)));
    format!("::core::result::Result::Err(row.mismatch({expected}))")
}

/// Nobody reads this text but the compiler.
fn code(
    name: &str,
    write: impl FnOnce(&mut RustWriter),
    read: impl FnOnce(&mut RustWriter),
) -> String {
    let mut w = RustWriter::new();
    w.line("#[automatically_derived]");
    w.block(
        &format!("impl ::bindery::types::ToColumn for {name}"),
        |w| w.block(WRITE, write),
    );
    w.line("#[automatically_derived]");
    w.block(
        &format!("impl ::bindery::types::FromColumn for {name}"),
        |w| w.block(READ, read),
    );
    w.line("#[automatically_derived]");
    w.line(&format!(
        "impl ::bindery::types::ArrayElement for {name} {{}}"
    ));
    w.finish()
}
