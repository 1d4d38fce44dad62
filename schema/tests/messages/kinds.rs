//! The kinds of mistakes that are promised to be found, each with the mistakes that show it; a table of `docs/mistakes.md`.

use bindery_schema::diagnostic::{Diagnostic, Severity};

use super::mistake::{Mistake, all};

/// One kind.
struct DiagnosticKind {
    /// In words.
    what: &'static str,
    severity: Severity,
    /// Is there another place that belongs to it?
    two_places: bool,
    /// Names of files in `mistakes`.
    shown_by: &'static [&'static str],
}

const fn error(what: &'static str, shown_by: &'static [&'static str]) -> DiagnosticKind {
    DiagnosticKind {
        what,
        severity: Severity::Error,
        two_places: false,
        shown_by,
    }
}

/// An error between two places.
const fn conflict(what: &'static str, shown_by: &'static [&'static str]) -> DiagnosticKind {
    DiagnosticKind {
        two_places: true,
        ..error(what, shown_by)
    }
}

const fn warning(what: &'static str, shown_by: &'static [&'static str]) -> DiagnosticKind {
    DiagnosticKind {
        severity: Severity::Warning,
        ..error(what, shown_by)
    }
}

const KINDS: &[DiagnosticKind] = &[
    error(
        "misspelt tag",
        &[
            "tag_misspelt",
            "tag_of_a_column_misspelt",
            "tag_in_capitals",
        ],
    ),
    error("empty tag", &["tag_empty", "tag_with_two_commas"]),
    conflict("doubled tag", &["tag_doubled", "tag_with_an_engine_twice"]),
    error("tag on nothing", &["tag_of_no_table"]),
    error(
        "unknown engine",
        &[
            "tag_engine_unknown",
            "tag_engine_misspelt",
            "head_engine_unknown",
            "link_on_unknown_engine",
        ],
    ),
    conflict(
        "foreign key to a table on no common engine",
        &["fk_to_another_engine", "fk_composite_to_another_engine"],
    ),
    conflict(
        "foreign key that is missing on one of the child's engines",
        &["fk_missing_on_one_engine"],
    ),
    error("unknown table in a foreign key", &["fk_to_unknown_table"]),
    error("unknown table in an index", &["index_on_unknown_table"]),
    error("unknown table in a link", &["link_to_unknown_table"]),
    error(
        "unknown column in a foreign key",
        &["fk_of_unknown_column", "fk_to_unknown_column"],
    ),
    error("unknown column in an index", &["index_of_unknown_column"]),
    error(
        "unknown column in a key",
        &["primary_key_of_unknown_column", "unique_of_unknown_column"],
    ),
    error(
        "unknown column in the condition of a view",
        &["view_of_an_unknown_column"],
    ),
    error("unknown column in a link", &["link_to_unknown_column"]),
    conflict(
        "link to a column of another type",
        &["link_to_another_type", "link_to_another_kind"],
    ),
    conflict("link to a column that is not unique", &["link_to_no_key"]),
    conflict(
        "foreign key to a column that is not unique",
        &["fk_to_no_key"],
    ),
    conflict(
        "foreign key between types that a database does not compare",
        &[
            "fk_of_another_type_on_mysql",
            "fk_of_another_type_on_postgres",
        ],
    ),
    conflict(
        "array where a dialect lacks it",
        &["array_on_mysql", "array_on_sqlite"],
    ),
    error(
        "length or value of a type that the server refuses",
        &["length_of_nothing_on_postgres", "set_value_twice_on_mysql"],
    ),
    conflict("range where a dialect lacks it", &["range_on_sqlite"]),
    conflict(
        "another type where a dialect lacks it",
        &["interval_on_mysql", "set_on_postgres", "decimal_on_mysql"],
    ),
    conflict(
        "partial index where a dialect lacks it",
        &["partial_unique_index_on_mysql"],
    ),
    conflict(
        "expression index where a dialect lacks it",
        &["expression_unique_index_on_mysql"],
    ),
    conflict(
        "deferrable key where a dialect lacks it",
        &["deferrable_fk_on_mysql", "deferrable_unique_on_mysql"],
    ),
    conflict(
        "key WITHOUT OVERLAPS where a dialect lacks it",
        &["without_overlaps_on_mysql", "without_overlaps_on_sqlite"],
    ),
    conflict(
        "period or versions of rows where a dialect lacks them",
        &["period_on_postgres", "versions_on_postgres"],
    ),
    conflict(
        "RETURNING where a dialect lacks it",
        &["key_made_and_not_told"],
    ),
    conflict(
        "CHECK with a function that a dialect lacks",
        &["check_of_another_dialect"],
    ),
    conflict(
        "generated column that a dialect lacks",
        &["computed_column_of_another_dialect"],
    ),
    conflict(
        "default that cannot be translated",
        &["default_of_another_dialect", "default_of_a_function"],
    ),
    error(
        "identifier too long for a dialect",
        &[
            "table_name_too_long",
            "column_name_too_long",
            "type_name_too_long",
        ],
    ),
    conflict(
        "identifiers equal after case folding",
        &["table_twice_in_letter_case", "columns_in_letter_case"],
    ),
    conflict(
        "names equal in Rust",
        &[
            "models_of_one_name",
            "fields_of_one_name",
            "accessors_of_one_name",
            "unique_keys_of_one_name",
            "enums_of_one_name",
            "fields_of_one_composed_name",
            "models_of_one_composed_name",
        ],
    ),
    conflict(
        "duplicate table on one engine",
        &[
            "table_twice",
            "table_twice_in_two_files",
            "table_twice_on_a_shared_engine",
        ],
    ),
    conflict("duplicate column", &["column_twice", "column_added_twice"]),
    error(
        "`@version` on a column that is no whole number",
        &["version_of_a_text", "version_of_a_type"],
    ),
    error(
        "missing key where an annotation needs one",
        &["version_without_a_key"],
    ),
    error(
        "group that cannot be committed as one",
        &[
            "config_atomic_group_behind_a_pooler",
            "config_atomic_group_of_another_home",
            "config_atomic_group_of_a_replica",
            "config_atomic_group_of_one_engine",
            "config_atomic_group_of_two_files",
            "config_atomic_group_of_two_clusters",
            "config_atomic_group_of_a_cluster_that_is_not_home",
            "config_atomic_group_of_a_citus_cluster",
        ],
    ),
    error(
        "cluster of another database",
        &["config_cluster_of_postgres"],
    ),
    error(
        "feature that a cluster cannot have",
        &[
            "config_outbox_of_a_cluster",
            "config_outbox_of_a_citus_cluster",
            "config_replicas_of_a_cluster",
            "config_replicas_of_a_citus_cluster",
            "table_of_a_galera_cluster_that_is_captured",
        ],
    ),
    error(
        "table that a cluster does not keep",
        &[
            "table_of_a_galera_cluster_without_a_key",
            "table_of_a_galera_cluster_in_myisam",
        ],
    ),
    error(
        "interface that its tables cannot have",
        &[
            "interface_over_one_table",
            "interface_of_an_unknown_column",
            "interface_without_fields",
            "interface_without_an_order",
            "interface_on_two_engines",
            "interface_of_a_model",
        ],
    ),
    conflict(
        "interface whose tables differ",
        &["interface_of_two_types", "interface_of_a_null"],
    ),
    error(
        "name that no atomic group can have",
        &["config_atomic_group_of_a_method"],
    ),
    error(
        "dialect that is not known while building",
        &[
            "config_dialect_of_an_unset_variable",
            "config_dialect_of_nowhere",
        ],
    ),
    conflict(
        "two engines with names that become one Rust name",
        &["config_engines_of_one_name"],
    ),
    error(
        "DDL of another database",
        &[
            "auto_increment_on_sqlite",
            "file_of_postgres_read_as_sqlite",
            "function_of_another_database",
            "type_of_another_database",
        ],
    ),
    warning("type misspelt", &["type_misspelt"]),
    warning(
        "integer key that is not SQLite's row id",
        &["key_beside_the_row_id"],
    ),
    warning(
        "no primary key",
        &["no_primary_key", "no_primary_key_but_a_unique_one"],
    ),
    warning("foreign key without an index", &["fk_without_an_index"]),
    warning(
        "reference to one of several tables",
        &["polymorphic_reference"],
    ),
    warning("`FLOAT` money", &["money_in_a_float"]),
    warning(
        "MySQL table that is not InnoDB",
        &["myisam", "myisam_by_a_change"],
    ),
    warning("text type as a key", &["text_key"]),
    warning(
        "partition with an index of its own",
        &["partition_with_an_index_of_its_own"],
    ),
];

fn named(name: &str) -> &'static Mistake {
    let is_it = |mistake: &&Mistake| mistake.path.file_stem().is_some_and(|stem| stem == name);
    all()
        .iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("no file `{name}.md`"))
}

#[test]
fn every_kind_is_found_with_its_places_and_its_page() {
    let mut wrong = Vec::new();
    for kind in KINDS {
        for mistake in kind.shown_by.iter().map(|name| named(name)) {
            let run = mistake.wrong.run();
            let main = |found: &&Diagnostic| Some(found.code) != mistake.also.as_deref();
            for found in run.diagnostics.iter().filter(main) {
                let places = found.labels.len();
                let page = format!("= more: bindery explain {}", found.code);
                let fine = found.severity == kind.severity
                    && places > usize::from(kind.two_places)
                    && mistake.says.contains(&page);
                if !fine {
                    wrong.push(format!("{}: {}: {places} places", kind.what, found.message));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table of the document.
pub(crate) fn table() -> String {
    let mut text = String::from("| kind | | code |\n|---|---|---|\n");
    for kind in KINDS {
        let codes: Vec<&str> = kind
            .shown_by
            .iter()
            .flat_map(|name| main_code(named(name)))
            .collect();
        let mut links: Vec<String> = codes
            .iter()
            .map(|code| format!("[{code}](#{})", code.to_lowercase()))
            .collect();
        links.dedup();
        let severity = match kind.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        text += &format!("| {} | {severity} | {} |\n", kind.what, links.join(", "));
    }
    text
}

fn main_code(mistake: &Mistake) -> Option<&'static str> {
    let codes = mistake.wrong.run().codes();
    codes
        .into_iter()
        .find(|code| Some(*code) != mistake.also.as_deref())
}
