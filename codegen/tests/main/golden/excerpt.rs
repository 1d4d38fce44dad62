//! Excerpts of generated code: some items of it, in their order, and `// …` where others are left out.

const LEFT_OUT: &str = "// …";

/// An item with its comments and attributes.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    /// All of it, or what stands before the items that it has.
    lines: Vec<String>,
    /// The items of a module, a trait or an `impl`.
    items: Option<Vec<Self>>,
}

impl Item {
    /// The line that names it, without what opens it.
    fn name(&self) -> &str {
        let mut lines = self.lines.iter().map(|line| line.trim());
        let line = lines.find(|line| !is_before_an_item(line));
        line.unwrap_or("").trim_end_matches([' ', '{', '}'])
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
            let depth = indentation(&self.lines[0]);
            text.push_str(&format!("{:depth$}}}\n", ""));
        }
    }
}

/// The items of an excerpt as the generated text has them now. Of a module, a trait or an `impl` without `// …` it has all of them.
/// The name of an item that is not there is an error.
pub(crate) fn select(excerpt: &str, generated: &str) -> Result<String, String> {
    let selected = selected(read(excerpt), read(generated))?;
    let mut text = String::new();
    write(&selected, &mut text);
    Ok(text)
}

fn selected(excerpt: Vec<Item>, generated: Vec<Item>) -> Result<Vec<Item>, String> {
    let mut generated = generated.into_iter();
    let mut one = |wanted: Item| {
        if wanted.is_left_out() {
            return Ok(wanted);
        }
        let name = wanted.name();
        let found = generated.find(|item| item.name() == name);
        let found = found.ok_or_else(|| format!("`{name}` is not there, or not in this order"))?;
        part(wanted.items, found)
    };
    excerpt.into_iter().map(&mut one).collect()
}

fn part(wanted: Option<Vec<Item>>, found: Item) -> Result<Item, String> {
    let items = match (wanted, found.items) {
        (Some(wanted), Some(items)) if wanted.iter().any(Item::is_left_out) => {
            Some(selected(wanted, items)?)
        }
        (_, items) => items,
    };
    Ok(Item { items, ..found })
}

fn write(items: &[Item], text: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        item.write(text);
    }
}

/// Reads formatted code, whose indentation says where an item ends.
fn read(text: &str) -> Vec<Item> {
    let lines: Vec<&str> = text.lines().collect();
    items(&mut lines.as_slice(), 0)
}

/// The items of one indentation, until a line closes what they are in.
fn items(rest: &mut &[&str], depth: usize) -> Vec<Item> {
    let mut items = Vec::new();
    while let Some((line, after)) = rest.split_first() {
        if line.is_empty() {
            *rest = after;
        } else if indentation(line) < depth {
            break;
        } else {
            items.push(item(rest, depth));
        }
    }
    items
}

fn item(rest: &mut &[&str], depth: usize) -> Item {
    let mut item = Item {
        lines: Vec::new(),
        items: None,
    };
    while let Some((line, after)) = rest.split_first() {
        *rest = after;
        item.lines.push((*line).to_owned());
        if item.is_left_out() {
            break;
        }
        if item.name().is_empty() || indentation(line) != depth {
            continue;
        }
        if line.ends_with('{') && has_items(item.name()) {
            item.items = Some(items(rest, depth + 4));
            *rest = rest.get(1..).unwrap_or(&[]);
            break;
        }
        if line.ends_with([';', '}']) {
            break;
        }
    }
    item
}

fn has_items(name: &str) -> bool {
    let name = name.trim_start_matches("pub ");
    let kinds = ["mod ", "trait ", "impl ", "impl<"];
    kinds.iter().any(|kind| name.starts_with(kind))
}

/// A comment, an attribute, or the end of one of several lines.
fn is_before_an_item(line: &str) -> bool {
    let begins = ["//", "#[", ")]"];
    line.is_empty() || begins.iter().any(|begin| line.starts_with(begin))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = "\
// Generated.

use a::b;

/// The module.
pub mod users {
    /// A row.
    #[derive(Debug)]
    pub struct User {
        /// A field.
        pub id: i64,
    }

    impl<E> Read for User<E>
    where
        E: Engine,
    {
        fn first() {}

        fn second() {
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
        let wanted = "// …\n\npub mod users {\n    // …\n    impl<E> Read for User<E> {\n        // …\n        fn second() {}\n    }\n}\n";
        let expected = "\
// …

/// The module.
pub mod users {
    // …

    impl<E> Read for User<E>
    where
        E: Engine,
    {
        // …

        fn second() {
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
        assert_eq!(
            gone,
            Err("`pub struct Admin` is not there, or not in this order".to_owned())
        );
    }
}
