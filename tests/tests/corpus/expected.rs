//! What is known to differ, with the reason.

/// Schema, the start of a difference, why it is there.
const KNOWN: &[(&str, &str, &str)] = &[
    ("sqlite/ejabberd", "privacy_list_data: ", DECIMALS),
    ("sqlite/northwind", "Order Details: ", DECIMALS),
    ("sqlite/northwind", "Orders: ", DECIMALS),
    ("sqlite/northwind", "Products: ", DECIMALS),
    (
        "postgres/pagila",
        "film_actor: has FOREIGN KEY (film_id)",
        FILM,
    ),
    (
        "postgres/pagila",
        "film_category: has FOREIGN KEY (film_id)",
        FILM,
    ),
    (
        "postgres/pagila",
        "inventory: has FOREIGN KEY (film_id)",
        FILM,
    ),
    ("mysql/cacti", "poller_reindex: has primary key", PREFIX),
    ("mysql/powerdns", "domains: ", CHARACTERS),
    ("mysql/powerdns", "records: ", CHARACTERS),
];

const DECIMALS: &str = "a decimal without a size is `DECIMAL_TEXT`, which keeps every digit";
const FILM: &str = "the original's table `film` needs PostgreSQL 18";
const PREFIX: &str = "the prefix of a column of a primary key is not kept";
const CHARACTERS: &str =
    "the character set of a table is not kept, and MariaDB then makes the column longer";

/// The differences that nothing explains.
pub(crate) fn unexpected(schema: &str, differences: Vec<String>) -> Vec<String> {
    let is_known = |difference: &String| {
        KNOWN
            .iter()
            .any(|(name, start, _reason)| *name == schema && difference.starts_with(start))
    };
    let mut unexpected = differences;
    unexpected.retain(|difference| !is_known(difference));
    unexpected
}
