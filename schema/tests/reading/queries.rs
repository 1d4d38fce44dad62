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
fn read(queries: &str) -> (Input, Model, Diagnostics) {
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
    let (input, model, diagnostics) = read(text);
    assert_eq!(listed(&input, &diagnostics), [""; 0], "{text}");
    model.queries
}

fn engines(query: &Query) -> Vec<u32> {
    query.engines.iter().map(|id| id.0).collect()
}

/// Code, place and message of each finding; the place is in the file of queries.
fn findings(text: &str) -> Vec<String> {
    let (input, _, diagnostics) = read(text);
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
         -- name: d :iter\nSELECT title FROM posts;\n-- name: e :many\n-- @engines q\nSELECT title FROM posts;\n-- name: f :many\n",
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
