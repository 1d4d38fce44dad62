//! Excerpts of generated code: some items of it, in their order, and `// …` where others are left out.

const LEFT_OUT: &str = "// …";

/// An item with its comments and attributes.
#[derive(Debug, Clone, Default)]
struct Item {
    is_after_blank: bool,
    /// All of it, or what stands before the items that it has.
    lines: Vec<String>,
    /// The items of a module, a trait or an `impl`.
    items: Option<Vec<Self>>,
}

impl Item {
    /// Its kind and name, from its first line that is no comment and no attribute.
    fn name(&self) -> &str {
        let mut lines = self.lines.iter().map(|line| line.trim());
        while let Some(line) = lines.next() {
            if line.starts_with("#[") && !line.ends_with(']') {
                lines.find(|line| line.starts_with(")]"));
            } else if !(line.is_empty() || line.starts_with("//") || line.starts_with("#[")) {
                return called(line);
            }
        }
        ""
    }

    fn is_left_out(&self) -> bool {
        self.lines.iter().any(|line| line.trim() == LEFT_OUT)
    }

    fn write(&self, text: &mut String) {
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        if let Some(items) = &self.items {
            write(items, text);
            let depth = self.lines[0].len() - self.lines[0].trim_start().len();
            text.push_str(&format!("{:depth$}}}\n", ""));
        }
    }
}

/// The items of an excerpt as the generated text has them now. Of a module, a trait or an `impl` without `// …` it has all of them;
/// of several with one name it is the one that has the items. The name of an item that is not there is an error.
pub(crate) fn select(excerpt: &str, generated: &str) -> Result<String, String> {
    let selected = selected(&read_items(excerpt), &read_items(generated))?;
    let mut text = String::new();
    write(&selected, &mut text);
    Ok(text)
}

fn selected(excerpt: &[Item], generated: &[Item]) -> Result<Vec<Item>, String> {
    let mut generated = generated.iter();
    let mut one = |wanted: &Item| {
        if wanted.is_left_out() {
            return Ok(wanted.clone());
        }
        let name = wanted.name();
        let mut why = format!("`{name}` is not there, or not in this order");
        for found in generated.by_ref().filter(|item| item.name() == name) {
            match part(wanted, found) {
                Ok(part) => return Ok(part),
                Err(inner) => why = inner,
            }
        }
        Err(why)
    };
    excerpt.iter().map(&mut one).collect()
}

fn part(wanted: &Item, found: &Item) -> Result<Item, String> {
    let mut part = found.clone();
    if let (Some(wanted), Some(items)) = (&wanted.items, &found.items) {
        let selected = selected(wanted, items)?;
        if wanted.iter().any(Item::is_left_out) {
            part.items = Some(selected);
        }
    }
    Ok(part)
}

fn write(items: &[Item], text: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 && item.is_after_blank {
            text.push('\n');
        }
        item.write(text);
    }
}

/// Reads formatted code, in which an item begins and ends with a line.
fn read_items(text: &str) -> Vec<Item> {
    let lines: Vec<&str> = text.lines().collect();
    items(&mut lines.as_slice())
}

/// The items until a line closes what they are in.
fn items(rest: &mut &[&str]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut is_after_blank = false;
    while let Some((line, after)) = rest.split_first() {
        match line.trim() {
            "" => *rest = after,
            "}" => {
                *rest = after;
                break;
            }
            _ => items.push(Item {
                is_after_blank,
                ..item(rest)
            }),
        }
        is_after_blank = line.is_empty();
    }
    items
}

fn item(rest: &mut &[&str]) -> Item {
    let mut item = Item::default();
    while let Some((line, after)) = rest.split_first() {
        *rest = after;
        item.lines.push((*line).to_owned());
        if line.ends_with('{') && has_items(item.name()) {
            item.items = Some(items(rest));
            break;
        }
        if line.trim() == LEFT_OUT || line.contains([';', '}']) && is_whole(&item.lines) {
            break;
        }
    }
    item
}

/// Whether an item ends here: a line of a body, or of a text of several lines, may look as the end of one.
fn is_whole(lines: &[String]) -> bool {
    syn::parse_str::<syn::Item>(&lines.join("\n")).is_ok()
}

fn has_items(name: &str) -> bool {
    let kinds = ["mod ", "trait ", "impl ", "impl<"];
    kinds.iter().any(|kind| name.starts_with(kind))
}

/// `fn find` or `const NAME` without type and value, and the whole line of an `impl`, a macro or a `use`.
fn called(line: &str) -> &str {
    let item = ["pub(crate) ", "pub(super) ", "pub "]
        .iter()
        .find_map(|visibility| line.strip_prefix(visibility))
        .unwrap_or(line);
    let kinds = [
        "fn ", "const ", "static ", "type ", "struct ", "enum ", "trait ", "mod ",
    ];
    let is_named = kinds.iter().any(|kind| item.starts_with(kind));
    let end = item.find(['(', '<', ':', '=', ';', '{']);
    let end = end.filter(|_| is_named).unwrap_or(item.len());
    item[..end].trim_end_matches([' ', '{', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = "\
// Generated.

use a::b;
use a::c; // Why.

/// The module.
pub mod users {
    /// A row.
    #[message(
        note = \"of several lines\"
    )]
    pub struct User {
        /// A field.
        pub id: i64,
    }

    pub const NAME: Column<User, String> =
        column(1);

    static SQL: &str = r#\"CREATE TABLE users (
    id BIGINT
);
END; }
\"#;

    impl<E> User<E> {
        fn first() {}
    }

    impl<E> User<E>
    where
        E: Engine,
    {
        const ONE: u8 = 1;
        const TWO: u8 = 2;

        fn second(&self) {
            if a {

                b();
            }
        }
    }
}
";

    #[test]
    fn all_of_it_is_read_and_written() {
        assert_eq!(select(GENERATED, GENERATED), Ok(GENERATED.to_owned()));
    }

    #[test]
    fn items_are_named_and_the_rest_is_left_out() {
        let wanted = "\
// An excerpt: what the case is about.
// …

pub mod users {
    pub struct User {}
    // …
    static SQL: &str = r#\"\"#;

    impl<E> User<E> {
        // …
        const TWO: u8 = 0;
        fn second(&self) {}
    }
}
";
        let expected = "\
// An excerpt: what the case is about.
// …

/// The module.
pub mod users {
    /// A row.
    #[message(
        note = \"of several lines\"
    )]
    pub struct User {
        /// A field.
        pub id: i64,
    }
    // …

    static SQL: &str = r#\"CREATE TABLE users (
    id BIGINT
);
END; }
\"#;

    impl<E> User<E>
    where
        E: Engine,
    {
        // …
        const TWO: u8 = 2;

        fn second(&self) {
            if a {

                b();
            }
        }
    }
}
";
        let selected = select(wanted, GENERATED);
        assert_eq!(selected.as_deref(), Ok(expected));
        assert_eq!(select(expected, GENERATED).as_deref(), Ok(expected));
    }

    #[test]
    fn an_item_that_went_is_named() {
        let wanted = "pub mod users {\n    // …\n    pub struct Admin {}\n}\n";
        let gone = select(wanted, GENERATED);
        let why = "`struct Admin` is not there, or not in this order";
        assert_eq!(gone, Err(why.to_owned()));
    }
}
