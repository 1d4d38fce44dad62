//! Files of queries: what is read of them, what becomes of their parameters and engines, and what is refused.

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::input::Input;
use bindery_schema::model::{Model, Query, QueryKind};
use bindery_schema::parse::load;

use super::support::{engine, input, listed};

const SCHEMA: &str = "\
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
-- @engines default, p, m
CREATE TABLE posts (id INTEGER PRIMARY KEY, title VARCHAR(80) NOT NULL, stars INTEGER NOT NULL, day DATE);
-- @engines p
CREATE TABLE tags (id INTEGER PRIMARY KEY, tag TEXT NOT NULL);
";

/// A schema on three engines of the three dialects with a file of queries.
fn read_queries(queries: &str) -> (Input, Model, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let engines = vec![
        engine("default", Dialect::Sqlite),
        engine("m", Dialect::Mysql),
        engine("p", Dialect::Postgres),
    ];
    let mut input = input("schema.sql", SCHEMA.as_bytes(), engines, &mut diagnostics);
    let file = load(
        &mut input.sources,
        "queries/my posts.sql",
        queries.as_bytes(),
        &mut diagnostics,
    );
    input.queries.extend(file);
    let model = bindery_schema::read_model(&input, &mut diagnostics);
    (input, model, diagnostics)
}

fn queries(text: &str) -> Vec<Query> {
    let (input, model, diagnostics) = read_queries(text);
    assert_eq!(listed(&input, &diagnostics), [""; 0], "{text}");
    model.queries
}

fn engines(query: &Query) -> Vec<u32> {
    query.engines.iter().map(|id| id.0).collect()
}

/// Code, place and message of each finding; the place is in the file of queries.
fn findings(text: &str) -> Vec<String> {
    let (input, _, diagnostics) = read_queries(text);
    listed(&input, &diagnostics)
}

#[test]
fn a_name_a_kind_and_prose_stand_above_a_statement() {
    let found = queries(
        "-- About posts.\n\n-- The best,\n-- one after another.\n-- name: BestPosts :many\nSELECT id, title FROM posts\n\
         /* no `;` */\n\n-- name: type :exec\nDELETE FROM authors WHERE name = '-- name: no :one';\n",
    );
    let names: Vec<_> = found.iter().map(|query| query.function.as_str()).collect();
    assert_eq!(names, ["best_posts", "r#type"]);
    assert_eq!(
        (found[0].row_name.as_str(), found[0].module.as_str()),
        ("BestPosts", "my_posts")
    );
    assert_eq!(found[0].docs, ["The best,", "one after another."]);
    assert_eq!(
        (found[0].kind, found[1].kind),
        (QueryKind::Many, QueryKind::Execute)
    );
    assert_eq!(found[0].texts[0].sql, "SELECT id, title FROM posts");
    let columns: Vec<_> = found[0]
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(columns, ["id", "title"]);
}

/// Covers SQL-07: a text that writes or locks in one of its parts, or on one of its dialects, is no query for a replica.
#[test]
fn a_query_only_reads_where_no_part_of_a_text_writes_or_locks() {
    let found = queries(
        "-- name: reads :many\nWITH a AS (SELECT id FROM posts) SELECT id FROM a UNION SELECT id FROM posts WHERE id IN (SELECT id FROM a);\n\n\
         -- name: locks :many\n-- @engines p\nSELECT p.id FROM (SELECT id FROM posts FOR SHARE) AS p;\n\n\
         -- name: returns :many\n-- @engines p\nINSERT INTO posts (id, title, stars) VALUES (1, 'a', 1) RETURNING id;\n\n\
         -- name: writes :many\n-- @engines p\nWITH gone AS (DELETE FROM posts RETURNING id) SELECT id FROM gone;\n\n\
         -- name: best :opt\n-- @dialect sqlite\nSELECT id FROM posts WHERE id = 1;\n\n\
         -- name: best :opt\n-- @dialect postgres\nSELECT id FROM posts WHERE id = 1 FOR UPDATE;\n",
    );
    let reads: Vec<(&str, bool)> = found
        .iter()
        .map(|query| (query.function.as_str(), query.only_reads))
        .collect();
    let expected = [
        ("reads", true),
        ("locks", false),
        ("returns", false),
        ("writes", false),
        ("best", false),
    ];
    assert_eq!(reads, expected);
}

/// Covers SQL-04: one text is that of each dialect, with its placeholders.
#[test]
fn a_parameter_is_one_argument_wherever_it_stands() {
    let found = queries(
        "-- name: found :many\nSELECT id FROM posts WHERE title = :title AND stars > :least OR title = :title;\n",
    );
    assert_eq!(engines(&found[0]), [0, 1, 2]);
    let names: Vec<_> = found[0]
        .parameters
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["title", "least"]);
    let texts: Vec<_> = found[0]
        .texts
        .iter()
        .map(|text| {
            (
                text.dialect,
                text.sql.rsplit("WHERE ").next().unwrap_or_default(),
                text.arguments.as_slice(),
            )
        })
        .collect();
    let unnumbered = "title = ? AND stars > ? OR title = ?";
    assert_eq!(
        texts,
        [
            (Dialect::Sqlite, unnumbered, [0, 1, 0].as_slice()),
            (Dialect::Mysql, unnumbered, [0, 1, 0].as_slice()),
            (
                Dialect::Postgres,
                "title = $1 AND stars > $2 OR title = $1",
                [0, 1].as_slice()
            ),
        ]
    );
}

#[test]
fn numbers_are_arguments_in_their_order() {
    let found = queries(
        "-- name: tagged :many\n-- @engines p\nSELECT id FROM tags WHERE tag = $2 AND id > $1;\n\n\
         -- name: set_mail :exec\nUPDATE authors SET email = ? WHERE id = ?;\n",
    );
    let names: Vec<_> = found[0]
        .parameters
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["arg1", "arg2"]);
    assert_eq!(
        found[0].texts[0].sql,
        "SELECT id FROM tags WHERE tag = $1 AND id > $2"
    );
    assert_eq!(found[0].texts[0].arguments, [1, 0]);
    let nullable: Vec<_> = found[1].parameters.iter().map(|one| one.nullable).collect();
    assert_eq!(
        nullable,
        [true, false],
        "email may be NULL, what is compared may not"
    );
}

/// Covers SQL-03.
#[test]
fn sql_03_engines_are_those_that_host_everything() {
    let found = queries(
        "-- name: a :many\nSELECT id FROM authors;\n\n-- name: b :many\nSELECT p.id FROM posts p JOIN tags t ON t.id = p.id;\n\n\
         -- name: c :many\n-- @engines m, p\nSELECT id FROM posts;\n",
    );
    let all: Vec<_> = found.iter().map(engines).collect();
    assert_eq!(all, [vec![0], vec![2], vec![1, 2]]);
    assert_eq!(
        findings("-- name: a :many\nSELECT a.id FROM authors a JOIN tags t ON t.id = a.id;\n"),
        [
            "B0606 error 1:10-1:11 no engine hosts all that the query `a` names: table `authors` lives on `default`, table `tags` on `p`"
        ]
    );
}

#[test]
fn all_findings_are_reported_together() {
    let found = findings(
        "-- name: a :all\nSELECT 1 AS one;\nSELECT 2 AS two;\n-- name: b :one\n-- @param x\nDELETE FROM posts;\n\
         -- name: c :rows\nDELETE FROM posts WHERE stars < :least;\n-- name: c :many\nSELECT title FROM posts;\n\
         -- name: d :each\nSELECT title FROM posts;\n-- name: e :many\n-- @engines q\nSELECT title FROM posts;\n-- name: f :many\n",
    );
    let codes: Vec<_> = found
        .iter()
        .map(|line| line.split(' ').next().unwrap_or_default())
        .collect();
    assert_eq!(
        codes,
        [
            "B0602", "B0601", "B0603", "B0602", "B0601", "B0604", "B0605", "B0100"
        ],
        "{found:#?}"
    );
}

/// Covers SQL-02: a name that nothing has is marked in the file of the query, wherever placeholders stand before it.
#[test]
fn a_column_that_is_not_there_is_marked_where_it_stands() {
    let found = findings(
        "-- name: a :many\nSELECT id FROM posts WHERE stars > :s AND title = :a_long_name AND titel = :c;\n",
    );
    let unknown = "B0621 error 2:68-2:73 there is no column `titel`";
    assert_eq!(found[0], unknown, "{found:#?}");
}

fn texts(query: &Query) -> Vec<(Dialect, u32, &str)> {
    let texts = query.texts.iter();
    texts
        .map(|text| (text.dialect, text.form, text.sql.as_str()))
        .collect()
}

/// Covers SQL-06: a `*` is the columns that the schema has, so that one that is added to the table changes no row.
#[test]
fn a_star_is_written_out_where_rows_are_read() {
    let cases = [
        ("SELECT * FROM tags", "SELECT id, tag FROM tags"),
        (
            "SELECT t.* FROM tags AS t",
            "SELECT t.id, t.tag FROM tags AS t",
        ),
        (
            "SELECT *, 1 AS n FROM tags \"T\" JOIN (SELECT id AS \"other Id\" FROM posts) p ON p.\"other Id\" = \"T\".id",
            "SELECT \"T\".id, \"T\".tag, p.\"other Id\", 1 AS n FROM tags \"T\" JOIN (SELECT id AS \"other Id\" FROM posts) p ON p.\"other Id\" = \"T\".id",
        ),
        (
            "SELECT * FROM tags JOIN posts USING (id)",
            "SELECT id, tags.tag, posts.title, posts.stars, posts.day FROM tags JOIN posts USING (id)",
        ),
        (
            "SELECT * FROM tags UNION SELECT * FROM tags WHERE EXISTS (SELECT * FROM posts)",
            "SELECT id, tag FROM tags UNION SELECT id, tag FROM tags WHERE EXISTS (SELECT * FROM posts)",
        ),
        (
            "WITH t AS (SELECT * FROM tags) SELECT * FROM t",
            "WITH t AS (SELECT * FROM tags) SELECT id, tag FROM t",
        ),
        (
            "INSERT INTO tags (tag) VALUES (:tag) RETURNING *",
            "INSERT INTO tags (tag) VALUES ($1) RETURNING id, tag",
        ),
    ];
    for (written, sent) in cases {
        let found = queries(&format!("-- name: a :many\n-- @engines p\n{written};\n"));
        assert_eq!(found[0].texts[0].sql, sent);
        assert!(!found[0].by_name, "{written}");
    }
    let found = queries("-- name: a :many\n-- @engines p\nTABLE tags;\n");
    assert!(found[0].by_name);
}

#[test]
fn columns_of_a_table_are_a_row_of_its_model() {
    let found = queries(
        "-- name: a :many\n-- @engines p\n-- @embed p\nSELECT p.* FROM posts p WHERE p.day IS NOT NULL AND p.stars > 1;\n",
    );
    assert_eq!(
        found[0].embedded.len(),
        1,
        "a column may be said not to be NULL"
    );
    let found = queries(
        "-- name: a :many\n-- @engines p\n-- @embed t\nSELECT t.*, p.title, sqlc.embed(p) FROM tags t LEFT JOIN posts p ON p.id = t.id;\n",
    );
    let models: Vec<_> = found[0]
        .embedded
        .iter()
        .map(|one| (one.field.as_str(), one.at, one.count, one.nullable))
        .collect();
    assert_eq!(models, [("t", 0, 2, false), ("p", 3, 4, true)]);
    assert_eq!(
        found[0].texts[0].sql,
        "SELECT t.id, t.tag, p.title, p.id, p.title, p.stars, p.day FROM tags t LEFT JOIN posts p ON p.id = t.id"
    );
    for (text, finding) in [
        (
            "-- @embed x\nSELECT t.* FROM tags t",
            "B0610 error 3:11-3:12 the rows do not have all columns of `x`",
        ),
        (
            "-- @embed t\nSELECT t.id FROM tags t",
            "B0610 error 3:11-3:12 the rows do not have all columns of `t`",
        ),
        (
            "-- @embed t\nSELECT t.* FROM (SELECT id FROM tags) t",
            "B0610 error 4:8-4:9 the columns of `t` are not those of a row of a table",
        ),
        (
            "-- @embed t\nSELECT t.* FROM tags t UNION SELECT t.* FROM tags t",
            "B0610 error 4:8-4:9 `t` is a row in one part of the query alone",
        ),
        (
            "-- @embed p, tag\nSELECT p.*, t.tag AS p FROM tags t JOIN posts p ON p.id = t.id",
            "B0610 error 3:14-3:17 the rows do not have all columns of `tag`",
        ),
        (
            "-- @embed p\nSELECT p.*, t.tag AS p FROM tags t JOIN posts p ON p.id = t.id",
            "B0609 error 4:13-4:23 two columns of the query `a` are called `p`",
        ),
    ] {
        let found = findings(&format!("-- name: a :many\n-- @engines p\n{text};\n"));
        assert_eq!(found, [finding], "{text}");
    }
}

/// Every combination is a text of its own, and every one is checked.
#[test]
fn parts_are_left_out() {
    let found = queries(
        "-- name: a :many\n-- @engines default\nSELECT id FROM authors\nWHERE name = :name\n  -- @if email\n  AND email = :email\n  -- @end\n\
         ORDER BY /* @if newest */ id DESC, /* @end */ name\n-- @if email\n, email\n-- @end\n;\n",
    );
    assert_eq!(
        texts(&found[0]),
        [
            (
                Dialect::Sqlite,
                0,
                "SELECT id FROM authors\nWHERE name = ?\n  AND email = ?\nORDER BY id DESC, name\n, email"
            ),
            (
                Dialect::Sqlite,
                1,
                "SELECT id FROM authors\nWHERE name = ?\nORDER BY id DESC, name"
            ),
            (
                Dialect::Sqlite,
                2,
                "SELECT id FROM authors\nWHERE name = ?\n  AND email = ?\nORDER BY name\n, email"
            ),
            (
                Dialect::Sqlite,
                3,
                "SELECT id FROM authors\nWHERE name = ?\nORDER BY name"
            ),
        ]
    );
    let parameters: Vec<_> = found[0]
        .parameters
        .iter()
        .map(|one| {
            let part = one.part.map(|part| (part.bit, part.is_switch));
            (one.name.as_str(), one.nullable, part)
        })
        .collect();
    assert_eq!(
        parameters,
        [
            ("name", false, None),
            ("email", false, Some((1, false))),
            ("newest", false, Some((2, true)))
        ]
    );
    let orders: Vec<_> = found[0]
        .texts
        .iter()
        .map(|text| text.arguments.as_slice())
        .collect();
    assert_eq!(orders, [[0, 1].as_slice(), &[0], &[0, 1], &[0]]);
}

#[test]
fn the_marks_of_a_part_may_stand_anywhere() {
    let found = queries(
        "-- name: a :many\n-- @engines default\nSELECT a. /* @if x */ /* @end */ * FROM authors a WHERE id IN /* @if x */ /* @end */ :ids;\n",
    );
    let whole =
        "SELECT a.id, a.name, a.email FROM authors a WHERE id IN (SELECT value FROM json_each(?))";
    assert_eq!(
        texts(&found[0]),
        [(Dialect::Sqlite, 0, whole), (Dialect::Sqlite, 1, whole)]
    );
    for part in [
        "/* @if x */ AND id > 2 /* @end */",
        "-- @if x\nAND id > 2\n/* @end */ AND id > 0",
        "/* @if x */ AND id > 2\n-- @end\n",
        "-- @if x\n/* @end */ AND id > 2",
    ] {
        let found = queries(&format!(
            "-- name: a :many\n-- @engines default\nSELECT id FROM authors WHERE id > 1 -- all\n{part};\n"
        ));
        let sent = found[0].texts.iter().map(|text| text.sql.as_str());
        let commented: Vec<&str> = sent
            .filter(|sql| {
                sql.lines()
                    .any(|line| line.contains("-- all") && line.contains("AND"))
            })
            .collect();
        assert_eq!(commented, [""; 0], "a comment ends the line before");
    }
}

#[test]
fn parts_that_cannot_be_left_out_are_refused() {
    for (text, finding) in [
        (
            "SELECT id FROM posts WHERE\n-- @if title\ntitle = :title\n-- @end",
            "B0006 error 3:22-3:27 cannot read this `SELECT`: expected a value, the statement ends here, where the part of `title` is left out",
        ),
        (
            "SELECT id FROM posts WHERE title <> :title\n-- @if title\nAND title = :title\n-- @end",
            "B0611 error 3:37-3:43 `title` leaves out a part of the statement, and stands outside of it, too",
        ),
        (
            "SELECT id FROM posts WHERE stars > 1\n-- @if titel\nAND title = :title\n-- @end",
            "B0611 error 4:4-4:13 the part of `titel` has parameter `title` and is not left out by it",
        ),
        (
            "SELECT id\n-- @if stars\n, stars\n-- @end\nFROM posts",
            "B0607 error 1:10-1:11 the query `a` gives 2 columns as a whole and 1 where the part of `stars` is left out",
        ),
        (
            "SELECT id FROM posts\n-- @if stars\nWHERE stars > 1",
            "B0611 error 4:4-4:13 the part of `stars` has no end",
        ),
        (
            "SELECT id FROM posts\n-- @end\nWHERE stars > 1",
            "B0611 error 4:4-4:8 there is no part that ends here",
        ),
        (
            "SELECT id FROM posts\n-- @if a\n-- @if b\nWHERE stars > 1\n-- @end",
            "B0611 error 5:4-5:9 the part of `b` stands within another",
        ),
        (
            "SELECT id FROM posts\n-- @param stars: int\nWHERE stars > :stars",
            "B0611 error 4:4-4:21 `@param` stands within a statement",
        ),
    ] {
        let found = findings(&format!(
            "-- name: a :many\n-- @engines default, m\n{text}\n;\n"
        ));
        assert_eq!(
            found.first().map(String::as_str),
            Some(finding),
            "{text}: {found:#?}"
        );
    }
}

/// Covers SQL-05: a type that is written, and one that says otherwise.
#[test]
fn a_column_has_the_type_that_is_written() {
    let found = queries(
        "-- name: a :many\n-- @engines p\n-- @column most: bigint\n-- @column found: bigint?\n\
         SELECT max(stars) AS most, (SELECT found FROM json_to_record('{}') AS r(found bigint)) AS found FROM posts;\n",
    );
    let columns: Vec<_> = found[0]
        .columns
        .iter()
        .map(|one| (one.name.as_str(), one.nullable))
        .collect();
    assert_eq!(columns, [("most", false), ("found", true)]);
    for (text, finding) in [
        (
            "-- @column most: text\nSELECT max(stars) AS most FROM posts",
            "B0603 error 3:12-3:16 the column `most` is i64, and `@column` says text",
        ),
        (
            "-- @column least: bigint\nSELECT max(stars) AS most FROM posts",
            "B0603 error 3:12-3:17 the rows have no column `least`",
        ),
        (
            "-- @column most integer\nSELECT max(stars) AS most FROM posts",
            "B0603 error 3:4-3:11 `@column` takes the name of a column and its type",
        ),
        (
            "-- @column most: strange\nSELECT max(stars) AS most FROM posts",
            "B0603 error 3:18-3:25 `strange` is not a type of the database",
        ),
    ] {
        let found = findings(&format!("-- name: a :many\n-- @engines p\n{text};\n"));
        assert_eq!(found, [finding], "{text}");
    }
}

/// Covers SQL-04: a condition that is left out keeps no NULL away.
#[test]
fn what_is_null_without_a_part_may_be_null() {
    let found = queries(
        "-- name: a :many\n-- @engines p\n-- @embed q\n\
         SELECT p.day, q.* FROM tags t LEFT JOIN posts p ON p.id = t.id LEFT JOIN posts q ON q.id = t.id\n\
         WHERE t.id > 0\n-- @if day\nAND p.day = :day AND q.id = 1\n-- @end\n;\n",
    );
    assert!(found[0].columns[0].nullable);
    assert!(found[0].embedded[0].nullable);
}

#[test]
fn what_only_another_dialect_refuses_is_a_whole_sentence() {
    let found = findings("-- name: a :many\nSELECT typeof(title) AS of FROM posts;\n");
    assert_eq!(
        found,
        ["B0623 error 2:8-2:14 there is no function `typeof`"]
    );
}

#[test]
fn annotations_of_what_is_not_there_are_refused() {
    for (text, finding) in [
        (
            "-- @column id: bigint\nDELETE FROM tags",
            "B0603 error 3:12-3:14 the rows have no column `id`",
        ),
        (
            "-- @embed tags\nDELETE FROM tags",
            "B0610 error 3:11-3:15 the rows do not have all columns of `tags`",
        ),
        (
            "-- @param tag: text\nDELETE FROM tags WHERE id = :id",
            "B0603 error 3:11-3:14 the statement has no parameter `tag`",
        ),
    ] {
        let found = findings(&format!("-- name: a :exec\n-- @engines p\n{text};\n"));
        assert_eq!(found, [finding], "{text}");
    }
}

#[test]
fn rows_are_pulled_from_what_only_reads() {
    let found = findings(
        "-- name: a :iter\n-- @engines p\nINSERT INTO tags (tag) VALUES ('a') RETURNING id;\n\
         -- name: b :iter\n-- @engines p\nWITH d AS (DELETE FROM tags RETURNING id) SELECT id FROM d;\n\
         -- name: c :iter\n-- @engines p\nTABLE tags;\n-- name: d :iter\n-- @engines p\nSELECT id FROM tags;\n",
    );
    assert_eq!(
        found,
        [
            "B0605 error 1:12-1:17 the statement of `a` changes rows or locks them, and `:iter` reads rows one after the other",
            "B0605 error 4:12-4:17 the statement of `b` changes rows or locks them, and `:iter` reads rows one after the other",
            "B0605 error 7:12-7:17 the statement of `c` has a `*` for columns without names, and `:iter` reads rows one after the other",
        ]
    );
}

/// Covers SQL-06: PostgreSQL would read the parameter as the type of what it is compared with.
#[test]
fn a_parameter_has_the_type_that_is_written() {
    for (written, sent) in [
        (
            "-- @param n: numeric(4, 1)\nSELECT id FROM posts WHERE stars > :n",
            "SELECT id FROM posts WHERE stars > $1::numeric",
        ),
        (
            "-- @param n: timestamp(3) with time zone\nSELECT id FROM posts WHERE day > :n",
            "SELECT id FROM posts WHERE day > $1::timestamp with time zone",
        ),
        (
            "-- @param n: char(3)\nSELECT id FROM posts WHERE title > :n",
            "SELECT id FROM posts WHERE title > $1",
        ),
        (
            "-- @param n: smallint\nSELECT id FROM posts WHERE stars IN :n",
            "SELECT id FROM posts WHERE stars = ANY ($1::smallint[])",
        ),
        (
            "-- @param 1: text\nSELECT id FROM posts WHERE title = $1 || $1",
            "SELECT id FROM posts WHERE title = $1::text || $1::text",
        ),
    ] {
        let found = queries(&format!("-- name: a :many\n-- @engines p\n{written};\n"));
        assert_eq!(found[0].texts[0].sql, sent);
    }
    let found = queries(
        "-- name: a :many\n-- @engines m\n-- @param n: smallint\nSELECT id FROM posts WHERE stars > :n;\n",
    );
    assert_eq!(
        found[0].texts[0].sql,
        "SELECT id FROM posts WHERE stars > ?"
    );
}
