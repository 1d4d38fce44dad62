//! Texts of the schema that would break out of the generated code, names that are long, schemas that are large.

use std::fmt::Write;

use bindery_codegen::{EmitOptions, emit};

use crate::support::model;

fn text(schema: &str) -> String {
    emit(&model(schema), &EmitOptions::default()).remove(0).text
}

#[test]
fn prose_stays_documentation() {
    let text = text(
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
    assert_eq!(text(schema), text(schema));
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
