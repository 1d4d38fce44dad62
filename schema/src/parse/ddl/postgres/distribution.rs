//! Reads `SELECT create_distributed_table('orders', 'tenant_id')` and its kin, by which Citus spreads the rows of a table over its servers.

use crate::ast::{Colocation, Distribute, DistributionChange, Name, ObjectName};
use bindery_core::dialect::Dialect;

use crate::syntax::Cursor;

/// The arguments of a call: those without a name, then the named ones.
#[derive(Default)]
struct Arguments {
    plain: Vec<Name>,
    named: Vec<(String, Name)>,
}

impl Cursor<'_> {
    /// At a statement that is such a call, with constants alone. `None` for any other.
    pub(crate) fn distribution(&mut self) -> Option<Distribute> {
        if self.dialect != Dialect::Postgres || !self.eat(&["SELECT"]) {
            return None;
        }
        if self.is_symbol(1, ".") {
            self.advance(2);
        }
        let functions = [
            "create_distributed_table",
            "create_distributed_table_concurrently",
            "create_reference_table",
            "alter_distributed_table",
            "undistribute_table",
        ];
        let function = functions.into_iter().find(|name| self.eat(&[name]))?;
        let arguments = self.arguments()?;
        let table = self.table_of(arguments.plain.first()?)?;
        let colocation = match arguments.named("colocate_with") {
            Some(text) => Some(self.colocation(text)?),
            None => None,
        };
        let change = match function {
            "create_reference_table" => DistributionChange::Reference,
            "undistribute_table" => DistributionChange::Undistribute,
            "alter_distributed_table" => DistributionChange::Alter {
                column: arguments.named("distribution_column").cloned(),
                colocation,
            },
            _ => DistributionChange::Shard {
                column: arguments.plain.get(1)?.clone(),
                colocation: colocation.unwrap_or(Colocation::OfType),
            },
        };
        self.skip_to_end();
        Some(Distribute { table, change })
    }

    fn arguments(&mut self) -> Option<Arguments> {
        let mut arguments = Arguments::default();
        if !self.eat_symbol("(") {
            return None;
        }
        while !self.eat_symbol(")") {
            let is_named = [("=", ">"), (":", "=")]
                .iter()
                .any(|(one, other)| self.is_symbol(1, one) && self.is_symbol(2, other));
            let name = match is_named {
                true => Some(self.name("an argument's name").ok()?.text),
                false => None,
            };
            if is_named {
                self.advance(2);
            }
            match self.constant()? {
                Some(text) => match name {
                    Some(name) => arguments.named.push((name, text)),
                    None => arguments.plain.push(text),
                },
                // A number or a boolean, which moves no rows elsewhere.
                None => self.skip_one().ok()?,
            }
            self.eat_symbol(",");
        }
        Some(arguments)
    }

    /// A text, with a cast after it; `Some(None)` at another constant.
    fn constant(&mut self) -> Option<Option<Name>> {
        if self.at_end() {
            return None;
        }
        if !self.is_text(0) {
            return Some(None);
        }
        let span = self.here();
        let text = self.text_constant().ok()?;
        if self.eat_symbol("::") {
            self.name("a type").ok()?;
        }
        Some(Some(Name { text, span }))
    }

    fn colocation(&self, text: &Name) -> Option<Colocation> {
        Some(match text.text.as_str() {
            "default" => Colocation::OfType,
            "none" => Colocation::Alone,
            _ => Colocation::With(self.table_of(text)?),
        })
    }

    /// The table that a text names, as a cast of it to `regclass` does.
    fn table_of(&self, text: &Name) -> Option<ObjectName> {
        let mut parts = parts_of_name(&text.text)?;
        let name = parts.pop()?;
        let schema = parts.pop();
        let name = Name {
            text: name,
            span: text.span,
        };
        parts.is_empty().then(|| self.qualified(schema, name))
    }
}

impl Arguments {
    fn named(&self, name: &str) -> Option<&Name> {
        let mut all = self.named.iter();
        all.find_map(|(known, value)| (known == name).then_some(value))
    }
}

/// `shop."Orders"`: names in quotes as they are, others in small letters.
fn parts_of_name(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (part, after) = quoted.split_once('"')?;
                (part.to_owned(), after)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (rest[..end].to_lowercase(), &rest[end..])
            }
        };
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parts_of_name;

    #[test]
    fn names_are_read_as_the_server_reads_them() {
        let parts = |text| parts_of_name(text).map(|parts| parts.join("|"));
        assert_eq!(parts("Orders").as_deref(), Some("orders"));
        assert_eq!(parts("shop.\"Or.ders\"").as_deref(), Some("shop|Or.ders"));
        assert_eq!(parts("\"Big One\".t").as_deref(), Some("Big One|t"));
        for text in ["", "a.", "\"a", "\"a\"b", ".a"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
