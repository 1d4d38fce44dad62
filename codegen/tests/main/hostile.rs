//! Texts of the schema that would break out of the generated code, names that are long, schemas that are large.

use std::fmt::Write;

use bindery_codegen::{EmitOptions, emit};
use bindery_schema::model::CheckedModel;

use crate::support::{checked_of, folder_with, model};

fn emitted_text(schema: &str) -> String {
    emit(&model(schema), &EmitOptions::default()).remove(0).text
}

#[test]
fn prose_stays_documentation() {
    let text = emitted_text(
        "-- ends here */ \r\u{202e} ``` \n--         fn main() { panic!() }\n-- ```\n\
         CREATE TABLE \"a\"\"b`c\" (id INTEGER PRIMARY KEY, \"x\ny\" TEXT DEFAULT '\"#;' );",
    );
    let lines = text
        .lines()
        .filter(|line| line.contains("ends here") || line.contains("panic!"));
    for line in lines.clone() {
        assert!(line.trim_start().starts_with("/// "), "{line}");
        assert!(!line.contains("///     "), "{line}");
    }
    assert_eq!(lines.count(), 2);
    assert!(!text.contains('\u{202e}') && !text.contains('\r'));
}

#[test]
fn output_is_the_same_each_time() {
    let schema = "CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE b (id INTEGER PRIMARY KEY, a BIGINT REFERENCES a(id));";
    assert_eq!(emitted_text(schema), emitted_text(schema));
}

#[test]
fn a_thousand_tables_are_written() {
    let mut schema = String::new();
    for table in 0..1_000 {
        let previous = table - i32::from(table > 0);
        write!(schema, "CREATE TABLE t{table}x (id INTEGER PRIMARY KEY, p BIGINT REFERENCES t{previous}x(id), a TEXT NOT NULL UNIQUE")
            .expect("writing to a String cannot fail");
        for column in 0..12 {
            write!(schema, ", c{column} VARCHAR(20) NOT NULL DEFAULT 'x'")
                .expect("writing to a String cannot fail");
        }
        schema.push_str(");\n");
    }
    let model = model(&schema);
    let files = emit(&model, &EmitOptions::default());
    assert!(files[0].text.len() > 1_000_000);
}

/// The kinds of all items, in order and with those of modules and blocks of `impl`: what a text that breaks out would change.
fn skeleton(text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    let mut kinds = Vec::new();
    file.items
        .iter()
        .for_each(|item| push_kinds(item, &mut kinds));
    kinds
}

fn push_kinds(item: &syn::Item, kinds: &mut Vec<String>) {
    match item {
        syn::Item::Mod(module) => {
            let items = module.content.iter().flat_map(|(_, items)| items);
            kinds.push("mod".to_owned());
            items.for_each(|item| push_kinds(item, kinds));
        }
        syn::Item::Impl(block) => kinds.push(format!("impl of {}", block.items.len())),
        syn::Item::Trait(block) => kinds.push(format!("trait of {}", block.items.len())),
        syn::Item::Struct(structure) => kinds.push(format!("struct of {}", structure.fields.len())),
        syn::Item::Enum(choice) => kinds.push(format!("enum of {}", choice.variants.len())),
        syn::Item::Fn(function) => kinds.push(format!("fn of {}", function.block.stmts.len())),
        other => kinds.push(format!("{:?}", std::mem::discriminant(other))),
    }
}

/// A table with this text in every place that a schema has for one. The first word of each name is as long and as sorted
/// everywhere, so that only the text can make a difference.
fn schema_with(text: &str) -> String {
    let name = |word: &str| format!("\"{word}{}\"", text.replace('"', "\"\""));
    let value = text.replace('\'', "\'\'");
    let prose = text.replace("*/", "* /");
    format!(
        "/* Prose. {prose} */\nCREATE TABLE {table} (\n  id INTEGER PRIMARY KEY,\n  {column} TEXT NOT NULL DEFAULT '{value}' \
         CHECK ({column} <> '{value}'),\n  {other} VARCHAR(80) UNIQUE, -- {line}\n  CONSTRAINT {check} CHECK (id > 0)\n);\n\
         CREATE INDEX {index} ON {table} ({column});\n",
        table = name("alpha"),
        column = name("beta"),
        other = name("gamma"),
        check = name("delta"),
        index = name("epsilon"),
        line = text.replace('\n', " "),
    )
}

/// Covers COMP-5.
#[test]
fn no_text_of_a_schema_leaves_its_place() {
    let tame = skeleton(&emitted_text(&schema_with(" zeta")));
    let hostile = [
        "*/ fn main() {} /*",
        "\"# ; fn main() {} //",
        "\"##; mod x {}",
        "} } } fn main() {}",
        "\\\"; panic!()",
        "\n} fn main() {} //",
        "'; DROP TABLE alpha; --",
        "{0} {x} {{",
        "`; DROP TABLE alpha; #",
        "]] > 1 \u{2028} \u{202e} \r",
        "🦀 Ünïcode 表",
        "#![allow(dead_code)]",
        "r#\"\"#",
        "$$ \\u{0}",
    ];
    for one in hostile {
        let written = emitted_text(&schema_with(one));
        assert_eq!(skeleton(&written), tame, "{one:?}\n{written}");
    }
}

/// All words that Rust keeps for itself, in any edition, and what it gives a meaning in places.
const WORDS: &str = "abstract as async auto await become box break catch const continue crate default do dyn else enum extern \
    false final fn for gen if impl in let loop macro macro_rules match mod move mut override priv pub raw ref return \
    safe self Self static struct super trait true try type typeof union unsafe unsized use virtual where while yield _";

/// Covers COMP-4.
#[test]
fn words_of_rust_are_names_in_every_place() {
    for word in WORDS.split_whitespace() {
        let table = format!(
            "CREATE TABLE \"{word}\" (\"{word}\" INTEGER PRIMARY KEY, \"{word} text\" VARCHAR(80) UNIQUE, other INTEGER REFERENCES \"{word}\" (\"{word}\"));\n\
             CREATE INDEX \"{word}\" ON \"{word}\" (other);"
        );
        skeleton(&emitted_text(&table));
        let composite = format!(
            "CREATE TABLE t (\"{word}\" INTEGER NOT NULL, a INTEGER NOT NULL, PRIMARY KEY (\"{word}\", a), UNIQUE (a, \"{word}\"));"
        );
        skeleton(&emitted_text(&composite));
    }
}

/// Names that are ways out of a folder elsewhere are names of files within it here.
///
/// Covers COMP-6.
#[test]
fn no_name_of_a_schema_leads_out_of_the_folder() {
    let names = [
        "../../etc/passwd",
        "..",
        ".",
        "/root",
        "a/b",
        "C:\\x",
        "~",
        "con",
        "lib",
        "mod",
        "src",
        "x\ny",
        "%2e%2e",
        "…",
    ];
    for name in names {
        let folder = folder_with("bindery.toml", "url = \"sqlite://app.db\"\n");
        let schema = format!("CREATE TABLE \"{name}\" (id INTEGER PRIMARY KEY);\n");
        std::fs::write(folder.path().join("schema.sql"), schema).expect("it can be written to");
        // A name that Rust cannot have at all is refused.
        if let Some(model) = checked_of(folder.path()) {
            stays_inside(&model);
        }
    }
}

fn stays_inside(model: &CheckedModel) {
    let options = EmitOptions {
        file_per_model: true,
    };
    let files = emit(model, &options);
    assert_eq!(files.len(), 3);
    for file in files {
        let name = file
            .path
            .strip_prefix("src/")
            .and_then(|name| name.strip_suffix(".rs"));
        let plain = |sign: char| sign.is_alphanumeric() || sign == '_';
        assert!(
            name.is_some_and(|name| !name.is_empty() && name.chars().all(plain)),
            "{}",
            file.path
        );
    }
}
