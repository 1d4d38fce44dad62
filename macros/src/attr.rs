//! Reads the attributes of a struct and of its fields. What they mean together is decided in `bindery_codegen::derive`.

use bindery_codegen::derive::{KeyKind, ReferenceDescription, SourceSpan, Spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Meta, Token};

use crate::places::{Errors, Places, worded};

/// The attributes of a struct.
#[derive(Default)]
pub(crate) struct StructAttributes {
    pub(crate) docs: Vec<String>,
    pub(crate) table: Option<Spanned<String>>,
    pub(crate) engines: Option<Spanned<Vec<Spanned<String>>>>,
    pub(crate) dialect: Option<Spanned<String>>,
    pub(crate) validate: Option<SourceSpan>,
    pub(crate) uniques: Vec<Spanned<Vec<Spanned<String>>>>,
    pub(crate) indexes: Vec<Spanned<Vec<Spanned<String>>>>,
}

/// The attributes of a field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) docs: Vec<String>,
    pub(crate) column: Option<Spanned<String>>,
    pub(crate) sql_type: Option<Spanned<String>>,
    pub(crate) default: Option<Spanned<String>>,
    pub(crate) key: Option<Spanned<KeyKind>>,
    pub(crate) unique: Option<SourceSpan>,
    pub(crate) index: Option<SourceSpan>,
    pub(crate) references: Option<Spanned<ReferenceDescription>>,
    pub(crate) link: Option<Spanned<String>>,
    pub(crate) version: Option<SourceSpan>,
    pub(crate) updated: Option<SourceSpan>,
    pub(crate) computed: Option<Spanned<String>>,
}

/// Reads attributes into places and errors.
struct Reader<'a> {
    places: &'a mut Places,
    errors: &'a mut Errors,
}

/// Reads the attributes above a struct.
pub(crate) fn of_struct(
    attributes: &[Attribute],
    places: &mut Places,
    errors: &mut Errors,
) -> StructAttributes {
    let mut found = StructAttributes::default();
    let mut reader = Reader { places, errors };
    for attribute in attributes {
        reader.struct_attribute(attribute, &mut found);
    }
    found
}

/// Reads the attributes above a field.
pub(crate) fn of_field(
    attributes: &[Attribute],
    places: &mut Places,
    errors: &mut Errors,
) -> FieldAttributes {
    let mut found = FieldAttributes::default();
    let mut reader = Reader { places, errors };
    for attribute in attributes {
        reader.field_attribute(attribute, &mut found);
    }
    found
}

/// The name of one of our attributes; `None` for `#[serde(…)]` and all others, which are not ours to judge.
fn attribute_name(attribute: &Attribute) -> Option<String> {
    attribute.path().get_ident().map(Ident::to_string)
}

impl Reader<'_> {
    fn struct_attribute(&mut self, attribute: &Attribute, found: &mut StructAttributes) {
        let Some(name) = attribute_name(attribute) else {
            return;
        };
        match name.as_str() {
            "doc" => found.docs.extend(doc_line(attribute)),
            "table" => {
                let said = self.text(attribute, "#[table(\"blogs\")]");
                self.once(attribute, &mut found.table, said);
            }
            "dialect" => {
                let said = self.text(attribute, "#[dialect(\"postgres\")]");
                self.once(attribute, &mut found.dialect, said);
            }
            "engines" => {
                let said = self.engines(attribute);
                self.once(attribute, &mut found.engines, said);
            }
            // With parentheses it is another crate's.
            "validate" if matches!(attribute.meta, Meta::Path(_)) => {
                self.flag(attribute, &mut found.validate);
            }
            "publish" | "capture" => {
                let message = format!("changes of rows of a struct are not known to `#[{name}]`");
                let help = format!(
                    "declare the table in a schema file with `-- @{name}` above it, in place of the struct"
                );
                self.errors.report(attribute, &message, &help);
            }
            "unique" => found.uniques.extend(self.fields(attribute)),
            "index" => found.indexes.extend(self.fields(attribute)),
            "key" | "column" | "references" | "link_to" | "version" | "updated" | "computed" => {
                let message = format!("`#[{name}]` belongs to a field");
                self.errors
                    .report(attribute, &message, "write it above the field it is about");
            }
            _ => {}
        }
    }

    fn field_attribute(&mut self, attribute: &Attribute, found: &mut FieldAttributes) {
        let Some(name) = attribute_name(attribute) else {
            return;
        };
        match name.as_str() {
            "doc" => found.docs.extend(doc_line(attribute)),
            "key" => {
                let said = self.key(attribute);
                self.once(attribute, &mut found.key, said);
            }
            "unique" => self.flag(attribute, &mut found.unique),
            "index" => self.flag(attribute, &mut found.index),
            "version" => self.flag(attribute, &mut found.version),
            "updated" => self.flag(attribute, &mut found.updated),
            "column" => self.column(attribute, found),
            "references" => {
                let said = self.references(attribute);
                self.once(attribute, &mut found.references, said);
            }
            "link_to" => {
                let said = self.text(attribute, "#[link_to(\"users(id)\")]");
                self.once(attribute, &mut found.link, said);
            }
            "computed" => {
                let said = self.text(attribute, "#[computed(\"price * amount\")]");
                self.once(attribute, &mut found.computed, said);
            }
            "table" | "engines" | "dialect" => {
                let message = format!("`#[{name}]` belongs to the struct");
                self.errors
                    .report(attribute, &message, "write it above `struct`");
            }
            _ => {}
        }
    }

    fn once<T>(&mut self, attribute: &Attribute, slot: &mut Option<T>, value: Option<T>) {
        let is_second = slot.is_some();
        if is_second {
            let name = attribute_name(attribute).unwrap_or_default();
            let message = format!("`#[{name}]` is written twice");
            self.errors
                .report(attribute, &message, "leave one of them out");
        } else {
            *slot = value;
        }
    }

    fn flag(&mut self, attribute: &Attribute, slot: &mut Option<SourceSpan>) {
        if !matches!(attribute.meta, Meta::Path(_)) {
            let name = attribute_name(attribute).unwrap_or_default();
            let message = format!("`#[{name}]` of a field takes nothing in parentheses");
            let help = match name.as_str() {
                "unique" | "index" => format!(
                    "write `#[{name}]`; several fields together are named above the struct: `#[{name}(tenant, email)]`"
                ),
                _ => format!("write `#[{name}]`"),
            };
            return self.errors.report(attribute, &message, &help);
        }
        let place = self.places.span_of(attribute);
        self.once(attribute, slot, Some(place));
    }

    /// One text in parentheses.
    fn text(&mut self, attribute: &Attribute, example: &str) -> Option<Spanned<String>> {
        match attribute.parse_args::<LitStr>() {
            Ok(text) => Some(self.spanned(&text)),
            Err(_) => {
                let name = attribute_name(attribute).unwrap_or_default();
                let message = format!("`#[{name}]` needs one text in quotes");
                self.errors.report(
                    attribute,
                    &message,
                    &format!("write for example `{example}`"),
                );
                None
            }
        }
    }

    fn spanned(&mut self, text: &LitStr) -> Spanned<String> {
        Spanned::new(text.value(), self.places.span_of(text))
    }

    fn engines(&mut self, attribute: &Attribute) -> Option<Spanned<Vec<Spanned<String>>>> {
        let parser = Punctuated::<LitStr, Token![,]>::parse_terminated;
        let Ok(names) = attribute.parse_args_with(parser) else {
            let help = "write for example `#[engines(\"default\", \"b\")]`";
            self.errors.report(
                attribute,
                "`#[engines]` needs names of engines in quotes",
                help,
            );
            return None;
        };
        let place = self.places.span_of(attribute);
        let names = names.iter().map(|name| self.spanned(name)).collect();
        Some(Spanned::new(names, place))
    }

    fn fields(&mut self, attribute: &Attribute) -> Option<Spanned<Vec<Spanned<String>>>> {
        let parser = Punctuated::<Ident, Token![,]>::parse_terminated;
        let names = attribute.parse_args_with(parser).ok();
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            let name = attribute_name(attribute).unwrap_or_default();
            let message = format!("`#[{name}]` above a struct needs names of fields");
            let help = format!(
                "write for example `#[{name}(tenant, email)]`; for one field `#[{name}]` above it"
            );
            self.errors.report(attribute, &message, &help);
            return None;
        };
        let place = self.places.span_of(attribute);
        let said = |name: &Ident| Spanned::new(name.unraw().to_string(), self.places.span_of(name));
        Some(Spanned::new(names.iter().map(said).collect(), place))
    }

    fn key(&mut self, attribute: &Attribute) -> Option<Spanned<KeyKind>> {
        let kind = match &attribute.meta {
            Meta::Path(_) => Some(KeyKind::Given),
            Meta::List(_) => attribute
                .parse_args::<Ident>()
                .ok()
                .filter(|word| word == "generated")
                .map(|_| KeyKind::Generated),
            Meta::NameValue(_) => None,
        };
        if kind.is_none() {
            let help = "write `#[key]`, or `#[key(generated)]` where the database generates it";
            self.errors
                .report(attribute, "`#[key]` knows only `generated`", help);
        }
        kind.map(|kind| Spanned::new(kind, self.places.span_of(attribute)))
    }

    fn column(&mut self, attribute: &Attribute, found: &mut FieldAttributes) {
        let known = ["type", "default"];
        let Some(arguments) = self.errors.keep(
            attribute.parse_args_with(|input: ParseStream<'_>| Arguments::parse(input, &known)),
        ) else {
            return;
        };
        if let Some(text) = &arguments.first {
            let said = Some(self.spanned(text));
            self.once(attribute, &mut found.column, said);
        }
        for (word, text) in &arguments.named {
            let said = Some(self.spanned(text));
            let slot = if word == "type" {
                &mut found.sql_type
            } else {
                &mut found.default
            };
            self.once(attribute, slot, said);
        }
    }

    fn references(&mut self, attribute: &Attribute) -> Option<Spanned<ReferenceDescription>> {
        let known = ["on_delete", "on_update"];
        let arguments = self.errors.keep(
            attribute.parse_args_with(|input: ParseStream<'_>| Arguments::parse(input, &known)),
        )?;
        let Some(target) = &arguments.first else {
            let help = "write for example `#[references(\"users(id)\", on_delete = \"cascade\")]`";
            self.errors.report(
                attribute,
                "`#[references]` needs the column it refers to",
                help,
            );
            return None;
        };
        let mut reference = ReferenceDescription {
            target: target.value(),
            on_delete: None,
            on_update: None,
        };
        for (word, text) in &arguments.named {
            let action = self.action(text);
            let slot = if word == "on_delete" {
                &mut reference.on_delete
            } else {
                &mut reference.on_update
            };
            self.once(attribute, slot, action);
        }
        Some(Spanned::new(reference, self.places.span_of(target)))
    }

    /// Parses the action on referring rows, in the words of SQL.
    fn action(&mut self, text: &LitStr) -> Option<Spanned<String>> {
        let upper = text.value().to_uppercase();
        if ACTIONS.contains(&upper.as_str()) {
            return Some(Spanned::new(upper, self.places.span_of(text)));
        }
        let message = format!(
            "`{}` is not what can happen to referring rows",
            text.value().escape_debug()
        );
        let help =
            "write \"cascade\", \"restrict\", \"set null\", \"set default\" or \"no action\"";
        self.errors.report(text, &message, help);
        None
    }
}

const ACTIONS: [&str; 5] = [
    "CASCADE",
    "RESTRICT",
    "SET NULL",
    "SET DEFAULT",
    "NO ACTION",
];

/// The texts of `#[name(word = "text", …)]`.
pub(crate) fn named_texts(
    attribute: &Attribute,
    known: &[&str],
) -> syn::Result<Vec<(String, LitStr)>> {
    let arguments =
        attribute.parse_args_with(|input: ParseStream<'_>| Arguments::parse(input, known))?;
    match arguments.first {
        None => Ok(arguments.named),
        Some(text) => {
            let help = format!(
                "write `{} = \"{}\"`",
                known.join(" = \"…\", "),
                text.value()
            );
            Err(worded(&text, "this text has no name", &help))
        }
    }
}

/// `"text", word = "text", …`: one text without a name first, or none.
struct Arguments {
    first: Option<LitStr>,
    named: Vec<(String, LitStr)>,
}

impl Arguments {
    fn parse(input: ParseStream<'_>, known: &[&str]) -> syn::Result<Self> {
        let mut arguments = Self {
            first: None,
            named: Vec::new(),
        };
        if input.peek(LitStr) {
            arguments.first = Some(input.parse()?);
            comma(input)?;
        }
        while !input.is_empty() {
            arguments.named.push(named(input, known)?);
            comma(input)?;
        }
        Ok(arguments)
    }
}

fn named(input: ParseStream<'_>, known: &[&str]) -> syn::Result<(String, LitStr)> {
    let word = input.call(Ident::parse_any)?;
    let name = word.to_string();
    if !known.contains(&name.as_str()) {
        let listed: Vec<String> = known
            .iter()
            .map(|known| format!("`{known} = \"…\"`"))
            .collect();
        let help = format!("write {}", listed.join(" or "));
        return Err(worded(&word, &format!("`{name}` is not known here"), &help));
    }
    input.parse::<Token![=]>()?;
    Ok((name, input.parse()?))
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// The text of a `///` line.
fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => {
            let text = text.value();
            Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_structs_are_refused_in_words() {
        for attribute in ["#[publish]", "#[publish(created)]", "#[capture]"] {
            let source = format!("{attribute} pub struct User {{ #[key] id: UserId }}");
            let input: syn::DeriveInput = syn::parse_str(&source).expect("it is a struct");
            let described = crate::derive::describe(&input, &mut Places::default());
            let error = described.expect_err(&source).to_string();
            let name = attribute.trim_matches(['#', '[', ']']);
            let name = name.trim_end_matches("(created)");
            assert!(error.contains(&format!("`-- @{name}` above it")), "{error}");
        }
    }
}
