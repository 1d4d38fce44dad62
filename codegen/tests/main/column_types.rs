//! Types that `@type` names stand in generated code once each, on a line that says which column has them.

use bindery_codegen::{EmitOptions, emit};

use crate::support::model;

/// The module of types of a table with one column for each path, without what is about functions.
fn types_of(paths: &[&str]) -> Vec<String> {
    let column = |(at, path): (usize, &&str)| format!("c{at} TEXT, -- @type {path}\n");
    let columns: String = paths.iter().enumerate().map(column).collect();
    let schema = format!("CREATE TABLE t (\n{columns}id INTEGER PRIMARY KEY);\n");
    let text = emit(&model(&schema), &EmitOptions::default())
        .remove(0)
        .text;
    let module = text.split("mod column_types {").nth(1).unwrap_or_default();
    let module = module.split("\n}\n").next().unwrap_or_default();
    let lines = module.lines().map(str::trim);
    let is_name =
        |line: &&str| line.starts_with("pub(super) use") || line.starts_with("pub(super) type");
    lines.filter(is_name).map(str::to_owned).collect()
}

#[test]
fn each_path_is_named_once() {
    let at = |column: usize| format!("// `t.c{column}` (schema.sql:{})", column + 2);
    let (one, two, three) = (at(0), at(1), at(2));
    let expected = [
        (
            vec!["crate::Money", " crate :: Money "],
            vec![format!("type Money = crate::Money; {one}")],
        ),
        (
            vec!["crate::a::Money", "crate::b::Money", "super::money"],
            vec![
                format!("type Money = crate::a::Money; {one}"),
                format!("type Money2 = crate::b::Money; {two}"),
                format!("type Money3 = super::money; {three}"),
            ],
        ),
        (
            vec![
                "crate::Listed<crate::A>",
                "crate::Listed<shop::B>",
                "crate::A",
            ],
            vec![
                format!("use crate::Listed; {one}"),
                format!("use shop::B; {two}"),
                format!("type A = crate::A; {three}"),
                format!("type ListedA = Listed<A>; {one}"),
                format!("type ListedB = Listed<B>; {two}"),
            ],
        ),
        (
            vec!["Money", "Vec<crate::Vec>"],
            vec![
                format!("use crate::Vec as Vec2; {two}"),
                format!("type Money2 = Money; {one}"),
                format!("type VecVec = Vec<Vec2>; {two}"),
            ],
        ),
        (
            vec![
                "bindery::types::Json<crate::Doc>",
                "(crate::A, u8)",
                "::uuid::Uuid",
            ],
            vec![
                format!("use crate::A; {two}"),
                format!("use crate::Doc; {one}"),
                format!("type AU8 = (A, u8); {two}"),
                format!("type JsonDoc = bindery::types::Json<Doc>; {one}"),
            ],
        ),
    ];
    for (paths, names) in expected {
        let names: Vec<_> = names
            .iter()
            .map(|name| format!("pub(super) {name}"))
            .collect();
        assert_eq!(types_of(&paths), names, "{paths:?}");
    }
}

#[test]
fn columns_of_any_name_stand_in_comments() {
    let schema = "CREATE TABLE \"a\nfn b() {}\" (\"c\u{2028}*/ `d`\n\" TEXT -- @type crate::Money\n, id INTEGER PRIMARY KEY);\n";
    let text = emit(&model(schema), &EmitOptions::default()).remove(0).text;
    assert!(
        text.contains("// `a fn b() {}.c */ 'd'` (schema.sql:2)\n"),
        "{text}"
    );
}
