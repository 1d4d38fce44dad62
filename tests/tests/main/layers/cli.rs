//! The order of the command: shared options below, the list of commands above.

use super::Order;

pub(super) const ORDER: Order = Order {
    folder: "cli/src",
    layers: &[
        "text",
        "at_once",
        "failure",
        "interrupted",
        "options",
        "output",
        "confirm",
        "progress",
        "configuration",
        "engines",
        "project",
        "report",
        "program",
        "tables",
        "database",
        "catalogue",
        "comparison",
        "links",
        "data",
        "migrations",
        "health",
        "task_tables",
        "commands/*",
        "commands",
        "dumps",
    ],
    outside: &["lib.rs", "main.rs"],
};
