//! Enum types: the Rust enum, and its way to and from the database's text.

use bindery_schema::derives::SerdeDerives;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{EnumType, EnumValue};

use crate::emit::shape::derives;
use crate::emit::text::{code, prose};
use crate::rust_writer::{Expr, RustWriter, Signature, string_literal};

/// One enum with everything it can do.
pub(crate) fn enumeration(w: &mut RustWriter, one: &EnumType, name: &str, added: &[String]) {
    definition(w, one, name, added);
    w.item(|w| {
        w.block(&format!("impl {name}"), |w| {
            w.item(|w| all(w, one));
            w.item(|w| as_str(w, one));
        });
    });
    w.item(|w| display(w, name));
    w.item(|w| from_str(w, one, name));
    w.item(|w| to_column(w, name));
    w.item(|w| from_column(w, one, name));
    let element = format!("impl ::bindery::types::ArrayElement for {name}");
    w.item(|w| w.block(&element, |_| ()));
}

const ALWAYS: [&str; 8] = [
    "Debug",
    "Clone",
    "Copy",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
];

fn definition(w: &mut RustWriter, one: &EnumType, name: &str, added: &[String]) {
    let added: Vec<&str> = added.iter().map(String::as_str).into_vec();
    let derives_serde = SerdeDerives::among(added.iter().copied()).is_any();
    w.item(|w| {
        w.docs(prose(&one.docs, &format!("Values of {}.", code(&one.name))));
        w.line("#[allow(clippy::enum_variant_names)]");
        w.derive(&derives(&ALWAYS, &added));
        w.block(&format!("pub enum {name}"), |w| {
            for value in &one.values {
                w.doc(&value_docs(&value.value));
                if derives_serde {
                    in_json(w, value);
                }
                w.line(&format!("{},", value.variant));
            }
        });
    });
}

/// A value is in JSON as it is in the database.
fn in_json(w: &mut RustWriter, value: &EnumValue) {
    if value.variant != value.value {
        let text = string_literal(&value.value);
        w.line(&format!("#[serde(rename = {text})]"));
    }
}

fn value_docs(value: &str) -> String {
    if value.trim().is_empty() {
        "The empty text, or blanks.".to_owned()
    } else {
        code(value)
    }
}

fn all(w: &mut RustWriter, one: &EnumType) {
    w.doc("All values in the order of the schema.");
    let values = one.values.iter();
    let values = values.map(|value| Expr::text(format!("Self::{}", value.variant)));
    w.assignment(
        "pub const ALL: &'static [Self]",
        &Expr::Array(values.into_vec()),
    );
}

fn as_str(w: &mut RustWriter, one: &EnumType) {
    w.doc("The value as it is stored.");
    w.block("pub const fn as_str(self) -> &'static str", |w| {
        w.block("match self", |w| {
            for value in &one.values {
                let text = string_literal(&value.value);
                w.line(&format!("Self::{} => {text},", value.variant));
            }
        });
    });
}

fn display(w: &mut RustWriter, name: &str) {
    w.block(&format!("impl ::core::fmt::Display for {name}"), |w| {
        let signature = Signature {
            head: "fn fmt".to_owned(),
            params: vec![
                "&self".to_owned(),
                "out: &mut ::core::fmt::Formatter<'_>".to_owned(),
            ],
            returns: Some("::core::fmt::Result".to_owned()),
            bounds: Vec::new(),
        };
        w.function(&signature, |w| w.line("out.write_str(self.as_str())"));
    });
}

fn from_str(w: &mut RustWriter, one: &EnumType, name: &str) {
    w.block(&format!("impl ::core::str::FromStr for {name}"), |w| {
        w.item(|w| w.line("type Err = ::bindery::types::UnknownValue;"));
        w.item(|w| {
            let signature = Signature {
                head: "fn from_str".to_owned(),
                params: vec!["text: &str".to_owned()],
                returns: Some("::core::result::Result<Self, Self::Err>".to_owned()),
                bounds: Vec::new(),
            };
            w.function(&signature, |w| {
                let name = Expr::text(string_literal(&one.name));
                let unknown = Expr::call("::bindery::types::UnknownValue::of", vec![name]);
                w.assignment("let unknown", &unknown);
                w.block("match text", |w| {
                    for value in &one.values {
                        let (text, variant) = (string_literal(&value.value), &value.variant);
                        w.line(&format!(
                            "{text} => ::core::result::Result::Ok(Self::{variant}),"
                        ));
                    }
                    w.line("_ => ::core::result::Result::Err(unknown),");
                });
            });
        });
    });
}

fn to_column(w: &mut RustWriter, name: &str) {
    w.block(
        &format!("impl ::bindery::types::ToColumn for {name}"),
        |w| {
            w.block(
                "fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>)",
                |w| w.line("params.text(self.as_str());"),
            );
        },
    );
}

fn from_column(w: &mut RustWriter, one: &EnumType, name: &str) {
    w.block(
        &format!("impl ::bindery::types::FromColumn for {name}"),
        |w| {
            let head =
                "fn read(row: &mut ::bindery::types::RowReader<'_>) -> ::bindery::Result<Self>";
            w.block(head, |w| {
                let expected = string_literal(&format!("value of {}", one.name));
                w.line("let value = ::core::str::FromStr::from_str(row.text()?);");
                w.line(&format!("value.map_err(|_| row.mismatch({expected}))"));
            });
        },
    );
}
