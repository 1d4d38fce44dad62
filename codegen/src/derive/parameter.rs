//! The parameter `E` of a struct, and the field that holds a row's engine where no key does.

use super::description::{FieldDescription, Spanned, StructDescription};
use super::finding::{Findings, listed};
use super::shape::Looker;

impl Looker<'_> {
    /// On several engines the struct carries its engine, on one it does not.
    pub(super) fn parameter(&self, engines: &[&str], findings: &mut Findings) {
        let name = self.name();
        let described = self.description;
        match &described.parameter {
            None if self.several => {
                let lives = listed(engines.iter().copied());
                let message =
                    format!("`{name}` lives on {lives}, so a row must say on which it is");
                let help = format!(
                    "write `struct {name}<E: Engine = engine::{}>`, and `{name}Id<E>` for its key",
                    self.type_name(engines[0])
                );
                findings.push(described.name.place, message, help);
            }
            Some(parameter) if !self.several => {
                let message = format!(
                    "`{name}` lives on one engine, so its rows need no `{}`",
                    parameter.value
                );
                let help = format!(
                    "write `struct {name}` and `{name}Id`, or name more engines: `#[engines(\"default\", \"b\")]`"
                );
                findings.push(parameter.place, message, help);
            }
            Some(parameter) => self.parameter_is_used(parameter, findings),
            None => {}
        }
    }

    /// Either a key says on which engine a row is, or one field of its own does.
    fn parameter_is_used(&self, parameter: &Spanned<String>, findings: &mut Findings) {
        let mentions = |field: &&FieldDescription| field.rust_type.value.mentions(&parameter.value);
        let key = self.description.columns().find(mentions);
        let wanted = engine_field_name(self.description);
        let mut own = self
            .description
            .fields
            .iter()
            .filter(|field| self.description.is_engine_field(field));
        match (key, own.next()) {
            (Some(_), None) => {}
            (Some(key), Some(own)) => {
                let message = format!("`{}` says already on which engine a row is", key.name.value);
                findings.push(
                    own.name.place,
                    message,
                    format!("leave `{}` out", own.name.value),
                );
            }
            (None, None) => {
                let message = format!(
                    "no field of `{}` says on which engine a row is",
                    self.name()
                );
                let help = format!(
                    "add the field `pub {wanted}: {}`; it is no column",
                    parameter.value
                );
                findings.push(parameter.place, message, help);
            }
            (None, Some(own)) if own.name.value != wanted => {
                let help = format!("write `pub {wanted}: {}`", parameter.value);
                findings.push(
                    own.name.place,
                    format!("the field of a row's engine is called `{wanted}`"),
                    help,
                );
            }
            (None, Some(_)) => {}
        }
        for second in own {
            findings.push(
                second.name.place,
                "a row is on one engine",
                format!("leave `{}` out", second.name.value),
            );
        }
    }

    fn type_name(&self, engine: &str) -> String {
        let known = self.setting.engine(engine);
        known.map_or_else(|| "Default".to_owned(), |engine| engine.type_name.clone())
    }
}

/// The name under which rows and keys carry their engine where no key does, in every door.
fn engine_field_name(description: &StructDescription) -> &'static str {
    let is_column = description
        .columns()
        .any(|field| field.name.value == "engine");
    if is_column { "row_engine" } else { "engine" }
}
