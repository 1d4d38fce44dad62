//! The examples on the pages of the reader's codes: each wrong one gives its code, each right one gives none.

use bindery_schema::codes;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;

use crate::support;

/// Codes whose example cannot be shown as it is: bytes, sizes, a project without `default`.
const NOT_SHOWN: [&str; 5] = ["B0001", "B0002", "B0003", "B0007", "B0108"];

#[test]
fn examples_do_what_their_pages_say() {
    let mut shown = 0;
    let own = codes::all().filter(|code| code.code < "B0109" || code.code == "B0250");
    for code in own.filter(|code| !NOT_SHOWN.contains(&code.code)) {
        let (wrong, right) = code
            .page
            .split_once("\n## Right\n")
            .expect("every page has a right example");
        assert_eq!(
            found(wrong),
            [code.code],
            "the wrong example of {}",
            code.code
        );
        assert_eq!(found(right), [""; 0], "the right example of {}", code.code);
        shown += 1;
    }
    assert!(shown > 20, "only {shown} pages have examples");
}

/// The codes that the first example of a text gives, for engines `default` and `b`.
fn found(text: &str) -> Vec<&'static str> {
    let (_, rest) = text.split_once("```sql\n").expect("examples are SQL");
    let (sql, _) = rest.split_once("\n```").expect("examples end");
    let mut diagnostics = Diagnostics::default();
    let engines = vec![
        support::engine("b", Dialect::Sqlite),
        support::engine("default", Dialect::Sqlite),
    ];
    let input = support::input("schema.sql", sql.as_bytes(), engines, &mut diagnostics);
    bindery_schema::read(&input, &mut diagnostics);
    let mut codes: Vec<_> = diagnostics.iter().map(|finding| finding.code).collect();
    codes.dedup();
    codes
}
