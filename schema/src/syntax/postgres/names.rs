//! Names in texts that PostgreSQL alone has.

use crate::syntax::names::{Site, sites, sites_from};
use crate::syntax::text::{Text, tokens_of};
use bindery_core::dialect::Dialect;

/// The name without its schema in a text that PostgreSQL reads as that of a sequence: `shop."Numbers"`.
pub(crate) fn sequence_name(text: &str) -> Option<String> {
    let tokens = tokens_of(text, Dialect::Postgres);
    let mut cursor = Text::of(text, &tokens, Dialect::Postgres).cursor();
    let name = cursor.qualified_name("a sequence").ok()?;
    cursor.at_end().then_some(name.name.text)
}

/// The name without its schema that the options of an identity column give its sequence: `(SEQUENCE NAME shop."Numbers" START WITH 10)`.
pub(crate) fn identity_sequence_name(options: &str) -> Option<String> {
    let tokens = tokens_of(options, Dialect::Postgres);
    let mut cursor = Text::of(options, &tokens, Dialect::Postgres).cursor();
    cursor.eat_symbol("(");
    while !cursor.at_end() {
        if cursor.eat(&["SEQUENCE", "NAME"]) {
            let name = cursor.qualified_name("a sequence");
            return name.ok().map(|name| name.name.text);
        }
        cursor.advance(1);
    }
    None
}

/// The names in the key of `PARTITION BY RANGE (day, lower(place))`, wherever that stands in a text.
pub(crate) fn sites_of_partitioning(sql: &str) -> Vec<Site> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let mut cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    while !cursor.at_end() && !cursor.eat(&["PARTITION", "BY"]) {
        cursor.advance(1);
    }
    let Some(first) = cursor.token(0) else {
        return Vec::new();
    };
    // It is written as a call: `RANGE (day)`.
    let start = first.start as usize;
    let mut found = sites(&sql[start..], Dialect::Postgres);
    for site in &mut found {
        site.range = site.range.start + start..site.range.end + start;
    }
    found
}

/// The names in what follows the name of a type, a domain or a function of PostgreSQL, which has no tree. Of attributes and arguments
/// the last word is the type: `(kind kind, mark kind)`, `RETURNS kind`.
pub(crate) fn sites_of_definition(sql: &str) -> Vec<Site> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    sites_from(Text::of(sql, &tokens, Dialect::Postgres).cursor(), true)
}
