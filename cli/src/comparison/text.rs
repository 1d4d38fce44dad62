//! Texts of SQL that a server has rewritten, perhaps.

use std::collections::BTreeSet;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::loose_words;

/// Whether both are the same but for casts, the schemas before names, and parentheses that group nothing.
pub(super) fn is_same_text(one: &str, other: &str, dialect: Dialect) -> bool {
    ungrouped(loose_words(one, dialect)) == ungrouped(loose_words(other, dialect))
}

/// Whether both texts hold the same names, numbers, texts and operators, in whatever form and order. Then one may be the other as the
/// server writes it, and they cannot be distinguished here.
pub(super) fn has_same_parts(one: &str, other: &str, dialect: Dialect) -> bool {
    parts(one, dialect) == parts(other, dialect)
}

/// Whether one text may be the other as the server writes it. SQLite keeps each as it was written.
pub(super) fn may_be_rewritten(one: &str, other: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres | Dialect::Mysql => has_same_parts(one, other, dialect),
    }
}

/// Words that a server adds, or writes in place of others.
const FORMS: [&str; 16] = [
    "any",
    "all",
    "array",
    "in",
    "as",
    "if",
    "not",
    "exists",
    "constraint",
    "using",
    "btree",
    "do",
    "begin",
    "end",
    "public",
    "position",
];

fn parts(sql: &str, dialect: Dialect) -> BTreeSet<String> {
    let is_form = |part: &str| FORMS.contains(&part);
    let is_mark = |part: &str| part.starts_with(['(', ')', ',', '[', ']', ';', '"', '`', '.']);
    let all = loose_words(sql, dialect);
    let nots = all.iter().filter(|part| *part == "not").count();
    // A server moves a NOT and writes two as none.
    let odd = (nots % 2 == 1).then(|| "not".to_owned());
    let tokens = all
        .into_iter()
        .filter(|part| !is_form(part) && !is_mark(part));
    tokens
        .map(|part| part.trim_start_matches('-').to_owned())
        .chain(odd)
        .collect()
}

/// Takes away parentheses around one token.
fn ungrouped(tokens: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for token in tokens {
        let opens = kept
            .len()
            .checked_sub(2)
            .is_some_and(|at| kept[at] == "(" && kept[at + 1] != "(");
        if token == ")" && opens {
            let inner = kept.pop().unwrap_or_default();
            kept.pop();
            kept.push(inner);
        } else {
            kept.push(token);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_rewrites_may_be_the_same() {
        let same = |one, other| has_same_parts(one, other, Dialect::Postgres);
        assert!(same("a IN (1, 2)", "a IN (2, 1)"));
        assert!(!same("a > 0.5", "a > 9.5"));
        assert!(!is_same_text("0.5", "1.5", Dialect::Postgres));
        assert!(is_same_text(
            "f(x) > 0",
            "(s.f(x::text) > 0)",
            Dialect::Postgres
        ));
        assert!(is_same_text(
            r"a ~ E'^\\d$'",
            r"(a ~ '^\d$'::text)",
            Dialect::Postgres
        ));
        assert!(!is_same_text(
            "a - (b - c)",
            "(a - b) - c",
            Dialect::Postgres
        ));
        assert!(same("x > 0::numeric", "(x > (0)::numeric)"));
        assert!(!same("a > 0", "a > 1"));
        assert!(same("NOT (a IS NULL)", "(a IS NOT NULL)"));
        assert!(!same("a IS NULL", "(a IS NOT NULL)"));
        assert!(!same("a > 0", "a < 0"));
        assert!(!same("a > 'x'", "a > 'y'"));
        assert!(!same("a AND b", "a OR b"));
    }
}
