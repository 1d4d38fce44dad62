//! Names in the conditions of views: a name that is certainly not a column is reported at its place, and no other is.

use super::run::Run;

const TABLES: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20) NOT NULL, b INTEGER);\n\
                      CREATE TABLE u (id INTEGER PRIMARY KEY, t_id INTEGER NOT NULL REFERENCES t (id));\n\
                      CREATE INDEX by_t ON u (t_id);\n";
const CONFIGS: [&str; 3] = [
    "url = \"sqlite://app.db\"\n",
    "url = \"postgres://shop@db/shop\"\n",
    "url = \"mariadb://shop@db/shop\"\n",
];

/// Codes of the errors, with what stands at their places.
fn findings_of(config: &str, query: &str) -> Vec<String> {
    let sql = format!("{TABLES}CREATE VIEW v AS {query};\n");
    let run = Run::new(config, sql.as_bytes());
    let errors = run.diagnostics.iter().filter(|found| found.code != "B0420");
    let place = |found: &bindery_schema::diagnostic::Diagnostic| {
        let span = found.labels[0].span;
        format!(
            "{} {}",
            found.code,
            &sql[span.start as usize..span.end as usize]
        )
    };
    errors.map(place).collect()
}

#[test]
fn a_name_in_a_condition_that_nothing_has_is_told_at_its_place() {
    let wrong = [
        ("SELECT id FROM t WHERE nope = 1", "nope"),
        (
            "SELECT id FROM t WHERE a = 'x' AND (b > 1 OR NOT nope)",
            "nope",
        ),
        ("SELECT id FROM t WHERE t.nope IS NULL", "nope"),
        (
            "SELECT x.id FROM t AS x WHERE x.nope BETWEEN 1 AND 2",
            "nope",
        ),
        ("SELECT t.id FROM t JOIN u ON u.tid = t.id", "tid"),
        (
            "SELECT t.id FROM t LEFT JOIN u ON u.t_id = t.idd WHERE t.b = 1",
            "idd",
        ),
        ("SELECT id FROM t WHERE b IN (1, nope)", "nope"),
        ("SELECT id FROM t WHERE lower(nope) LIKE 'x%'", "nope"),
        (
            "SELECT id FROM t WHERE id IN (SELECT t_id FROM u WHERE u.nope = t.b)",
            "nope",
        ),
        (
            "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE t_id = t.nope)",
            "nope",
        ),
        (
            "WITH w AS (SELECT id FROM t WHERE nope > 1) SELECT id FROM w",
            "nope",
        ),
        ("SELECT id FROM t UNION SELECT id FROM u WHERE b = 1", "b"),
    ];
    for config in CONFIGS {
        for (query, name) in wrong {
            assert_eq!(
                findings_of(config, query),
                [format!("B0105 {name}")],
                "{query}"
            );
        }
    }
}

#[test]
fn what_may_be_something_else_is_not_told() {
    let right = [
        "SELECT id FROM t WHERE b = 1 AND a <> ''",
        "SELECT t.id FROM t JOIN u ON u.t_id = t.id AND t.b > 1",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE t_id = t.id AND a = 'x')",
        "SELECT id FROM t WHERE b IN (SELECT id FROM other.elsewhere WHERE nope = 1)",
        "SELECT t.id FROM t JOIN other.elsewhere e ON e.id = t.id WHERE nope = 1",
        "SELECT id FROM t WHERE a < CURRENT_DATE",
        "WITH w (k) AS (SELECT id FROM t) SELECT k FROM w WHERE k > 1",
        "SELECT x.k FROM (SELECT id AS k FROM t) AS x WHERE x.k = 1 AND k < 3",
    ];
    for config in CONFIGS {
        for query in right {
            assert_eq!(findings_of(config, query), [""; 0], "{query}");
        }
    }
    let [sqlite, postgres, mysql] = CONFIGS;
    let own = [
        (
            sqlite,
            "SELECT id AS k FROM t WHERE k > 1 AND a = \"x\" AND rowid > 2",
        ),
        (
            postgres,
            "SELECT id FROM t WHERE t IS NOT NULL AND xmin IS NOT NULL AND a = user",
        ),
        (
            postgres,
            "SELECT id FROM t WHERE extract(year FROM now()) > 2000 AND trim(both 'x' from a) = ''",
        ),
        (
            mysql,
            "SELECT id FROM t WHERE timestampdiff(DAY, a, now()) > 1 AND a > now() - INTERVAL 1 DAY",
        ),
        (mysql, "SELECT id FROM t WHERE a = \"x\" AND a <> user()"),
    ];
    for (config, query) in own {
        assert_eq!(findings_of(config, query), [""; 0], "{query}");
    }
}

#[test]
fn a_column_that_was_renamed_is_none_that_is_missing() {
    for config in CONFIGS {
        let view = "CREATE VIEW v AS SELECT t.id FROM t JOIN u ON u.t_id = t.id WHERE t.b > 1 AND a = 'x';";
        for change in ["t RENAME COLUMN b TO c", "t RENAME TO renamed"] {
            let sql = format!("{TABLES}{view}\nALTER TABLE {change};\n");
            let codes = Run::new(config, sql.as_bytes()).codes();
            assert!(!codes.contains(&"B0105"), "{config}{change}: {codes:?}");
        }
    }
}
