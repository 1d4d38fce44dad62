//! Types that values are cast to.

use crate::ast::name::{TypeArgument, TypeName};
use crate::lists::IntoVec as _;

/// A type in one form: its words, its arguments, brackets of an array.
pub(super) fn type_form(of: &TypeName) -> String {
    let schema = of.schema.as_ref().filter(|schema| *schema != "pg_catalog");
    let schema = schema.map_or(String::new(), |schema| format!("{schema}."));
    let arguments: Vec<String> = (of.arguments.iter())
        .map(|argument| match argument {
            TypeArgument::Number(word) | TypeArgument::Word(word) => word.clone(),
            TypeArgument::Text(text) => format!("'{text}'"),
        })
        .into_vec();
    let arguments = if arguments.is_empty() {
        String::new()
    } else {
        format!("({})", arguments.join(", "))
    };
    let suffix = if of.suffix.is_empty() {
        String::new()
    } else {
        format!(" {}", of.suffix)
    };
    let array = if of.array { "[]" } else { "" };
    format!("{schema}{}{arguments}{suffix}{array}", of.name)
}

/// A server writes the type after texts, and before comparing names of other texts' types.
pub(super) fn cast(operand: String, target: &str) -> String {
    let is_text = matches!(
        target,
        "text" | "character varying" | "varchar" | "bpchar" | "character"
    );
    if let Some(text) = operand
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        let number = text.trim_start_matches('-');
        let is_number = !number.is_empty()
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let to_number = [
            "int", "numeric", "double", "real", "smallint", "bigint", "decimal",
        ];
        if is_number && to_number.iter().any(|word| target.starts_with(word)) {
            return text.to_owned();
        }
        return operand;
    }
    if is_text || operand == "null" {
        return operand;
    }
    format!("({operand}::{target})")
}
