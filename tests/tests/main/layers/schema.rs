//! The order of the schema compiler: texts and types, syntax, model and dialects, names bound, types, rules, differences, projects.

use super::Order;

pub(super) const ORDER: Order = Order {
    folder: "schema/src",
    layers: &[
        // Of tests.
        "testing",
        // Of `core`, under the names that it has here.
        "cluster | config | derives | diagnostic | disk | fingerprint | json_names | kept | lints | lists | migrations | models_of | sorting | source | sql_writer",
        "codes",
        "rust_type",
        "column_type",
        "portable",
        "parts",
        "name",
        "levels",
        "read_as",
        "findings",
        "input",
        "ast/name",
        "syntax",
        "ast",
        "parse",
        "model",
        "dialect",
        "plan",
        "draft",
        "lower",
        "typing",
        "resolve",
        "redaction",
        "check",
        "queries",
        "read",
        "diff",
        "render",
        "project",
    ],
    outside: &["lib.rs", "testing.rs"],
};
