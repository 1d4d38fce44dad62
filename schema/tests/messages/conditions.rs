//! Names in the clauses of views: a name that is certainly not a column is reported at its place, and no other is.

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
    let is_about_names = |code: &str| !["B0420", "B0422"].contains(&code);
    let errors = run
        .diagnostics
        .iter()
        .filter(|found| is_about_names(found.code));
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
fn a_name_in_a_group_or_an_order_that_nothing_has_is_told_at_its_place() {
    let wrong = [
        ("SELECT a, count(*) AS n FROM t GROUP BY nope", "nope"),
        (
            "SELECT t.a, count(*) AS n FROM t GROUP BY t.a, t.nope",
            "nope",
        ),
        (
            "SELECT a, count(*) AS n FROM t GROUP BY a HAVING max(nope) > 1",
            "nope",
        ),
        (
            "SELECT a, count(*) AS n FROM t WHERE b > 0 GROUP BY a HAVING count(*) > 1 AND nope = 1 ORDER BY a",
            "nope",
        ),
        ("SELECT id FROM t ORDER BY nope", "nope"),
        ("SELECT id FROM t ORDER BY a, nope DESC", "nope"),
        ("SELECT id FROM t ORDER BY lower(nope) LIMIT 3", "nope"),
        ("SELECT id AS k FROM t ORDER BY x.k", "x"),
        (
            "SELECT id FROM t WHERE b IN (SELECT id FROM u GROUP BY id, nope)",
            "nope",
        ),
        (
            "SELECT id FROM t ORDER BY (SELECT count(*) FROM u WHERE u.t_id = t.nope)",
            "nope",
        ),
        (
            "SELECT id, row_number() OVER (PARTITION BY nope ORDER BY a) AS n FROM t",
            "nope",
        ),
        (
            "SELECT id, sum(b) OVER (PARTITION BY a ORDER BY nope ROWS UNBOUNDED PRECEDING) AS n FROM t",
            "nope",
        ),
        (
            "SELECT id, sum(b) OVER w AS n FROM t WINDOW w AS (PARTITION BY nope) ORDER BY id",
            "nope",
        ),
        ("SELECT t.id FROM t JOIN u USING (id, nope)", "nope"),
        ("SELECT t.id FROM t JOIN u USING (a)", "a"),
        ("SELECT t.id FROM t JOIN u USING (t_id)", "t_id"),
        (
            "SELECT id FROM t UNION SELECT t_id FROM u ORDER BY nope",
            "nope",
        ),
        (
            "SELECT id FROM t UNION ALL SELECT x.id FROM (SELECT id FROM u ORDER BY nope) AS x ORDER BY id",
            "nope",
        ),
    ];
    for config in CONFIGS {
        for (query, name) in wrong {
            let expected = [format!("B0105 {name}")];
            assert_eq!(findings_of(config, query), expected, "{config}{query}");
        }
    }
    let [sqlite, postgres, mysql] = CONFIGS;
    let own = [
        (
            postgres,
            "SELECT a, count(*) AS n FROM t GROUP BY ROLLUP (a, nope)",
            "nope",
        ),
        (
            postgres,
            "SELECT a, count(*) AS n FROM t GROUP BY GROUPING SETS ((a), (a, nope), ())",
            "nope",
        ),
        (
            postgres,
            "SELECT DISTINCT ON (nope) id FROM t ORDER BY id NULLS LAST",
            "nope",
        ),
        (
            postgres,
            "SELECT count(*) FILTER (WHERE nope > 1) AS n FROM t",
            "nope",
        ),
        (
            postgres,
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY nope) AS n FROM t",
            "nope",
        ),
        // An alias is no part of a value there, nor in `HAVING`.
        (postgres, "SELECT id AS k FROM t ORDER BY k + 1", "k"),
        (postgres, "SELECT count(*) AS n FROM t HAVING n > 1", "n"),
        (
            mysql,
            "SELECT a, count(*) AS n FROM t GROUP BY a, nope WITH ROLLUP",
            "nope",
        ),
        (
            sqlite,
            "SELECT count(*) FILTER (WHERE nope > 1) AS n FROM t",
            "nope",
        ),
    ];
    for (config, query, name) in own {
        assert_eq!(
            findings_of(config, query),
            [format!("B0105 {name}")],
            "{query}"
        );
    }
}

#[test]
fn an_item_may_be_named_where_its_rows_are_grouped_and_ordered() {
    let right = [
        "SELECT lower(a) AS k, count(*) AS n FROM t GROUP BY k ORDER BY n DESC, k",
        "SELECT lower(a) AS k, count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC",
        "SELECT t.a, count(*) AS n FROM t GROUP BY t.a HAVING count(*) > 1 AND max(b) > 2",
        "SELECT t.*, b AS k FROM t ORDER BY a, k",
        "SELECT id, row_number() OVER (ORDER BY a, t.b) AS n FROM t ORDER BY n",
        "SELECT id, sum(b) OVER w AS n, count(*) OVER (w ORDER BY id) AS m FROM t WINDOW w AS (PARTITION BY a)",
        "SELECT t.id FROM t JOIN u USING (id) ORDER BY id",
        "SELECT t.id FROM t JOIN other.elsewhere USING (id) ORDER BY nope",
        "SELECT t.id FROM other.elsewhere JOIN t USING (id) GROUP BY t.id, nope HAVING nope > 1",
        "SELECT id AS k FROM t UNION SELECT t_id FROM u ORDER BY k",
        "SELECT a, b FROM t UNION ALL SELECT a, id FROM t ORDER BY b, a, 1",
        "SELECT * FROM t UNION ALL SELECT * FROM t ORDER BY b",
        "SELECT max(id) AS k FROM t WHERE EXISTS (SELECT 1 FROM u WHERE t_id = b ORDER BY a)",
        "SELECT id FROM t ORDER BY CASE WHEN a = 'x' THEN 1 ELSE b END, id",
    ];
    for config in CONFIGS {
        for query in right {
            assert_eq!(findings_of(config, query), [""; 0], "{config}{query}");
        }
    }
    let [sqlite, postgres, mysql] = CONFIGS;
    let own = [
        (
            sqlite,
            "SELECT id AS k, count(*) AS n FROM t GROUP BY k + 1 HAVING n > 1 ORDER BY k + n",
        ),
        (sqlite, "SELECT id FROM t ORDER BY \"x\", rowid"),
        (
            sqlite,
            "SELECT a AS k FROM t UNION SELECT a FROM t ORDER BY a",
        ),
        (
            sqlite,
            "SELECT b AS k FROM t WHERE EXISTS (SELECT 1 FROM u WHERE t_id = k)",
        ),
        (
            postgres,
            "SELECT lower(a), count(*) FROM t GROUP BY lower ORDER BY count, t",
        ),
        (postgres, "SELECT id, a::text FROM t ORDER BY a, ctid"),
        (
            postgres,
            "SELECT DISTINCT ON (k) lower(a) AS k FROM t ORDER BY k USING <",
        ),
        (
            postgres,
            "SELECT id, CASE WHEN b > 1 THEN 1 END FROM t ORDER BY \"case\"",
        ),
        (
            mysql,
            "SELECT id AS k, count(*) AS n FROM t GROUP BY k + 1 HAVING n > 1 ORDER BY k + n",
        ),
        (
            mysql,
            "SELECT a, count(*) FROM t GROUP BY a ORDER BY `count(*)`, NULL",
        ),
        (
            mysql,
            "SELECT b AS k FROM t GROUP BY b HAVING EXISTS (SELECT 1 FROM u WHERE t_id = k)",
        ),
    ];
    for (config, query) in own {
        assert_eq!(findings_of(config, query), [""; 0], "{query}");
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
