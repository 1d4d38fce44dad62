//! `bindery dump --record`: one record and what belongs to it. Row DUMP-05 of the acceptance list.

use super::dumped::Dumped;
use super::support::{holds, names_in};

/// Blogs with posts, posts with tags, authors who refer to themselves, and a link to the users of another engine.
const SCHEMA: &str = "\
-- @dialect postgres

-- @engine default
CREATE TABLE users (
  id bigint PRIMARY KEY,
  name text NOT NULL
);

-- @engines default, b
CREATE TABLE authors (
  id bigint PRIMARY KEY,
  boss bigint REFERENCES authors (id),
  user_id bigint -- @link users(id)
);
CREATE INDEX authors_by_boss ON authors (boss);

-- @engines default, b
CREATE TABLE blogs (
  id bigint PRIMARY KEY,
  title varchar(40) NOT NULL,
  author bigint NOT NULL REFERENCES authors (id)
);
CREATE INDEX blogs_by_author ON blogs (author);

-- @engines default, b
CREATE TABLE posts (
  id bigint PRIMARY KEY,
  blog bigint NOT NULL REFERENCES blogs (id),
  note text
);
CREATE INDEX posts_by_blog ON posts (blog);

-- @engines default, b
CREATE TABLE tags (
  id bigint PRIMARY KEY,
  word text NOT NULL
);

-- @engines default, b
CREATE TABLE post_tags (
  post bigint NOT NULL REFERENCES posts (id),
  tag bigint NOT NULL REFERENCES tags (id),
  PRIMARY KEY (post, tag)
);
CREATE INDEX post_tags_by_tag ON post_tags (tag);
";

const ROWS: &str = "\
INSERT INTO authors VALUES (1, NULL, 71), (2, 1, 72), (3, NULL, NULL);
UPDATE authors SET boss = 2 WHERE id = 1;
INSERT INTO blogs VALUES (10, 'of b', 2), (11, 'other', 3);
INSERT INTO posts VALUES (100, 10, 'a, \"b\"'), (101, 10, NULL), (102, 11, '');
INSERT INTO tags VALUES (5, 'rust'), (6, 'sql'), (7, 'unused');
INSERT INTO post_tags VALUES (100, 5), (101, 5), (101, 6), (102, 6);
";

/// Covers DUMP-05.
#[test]
fn dump_05_a_record_is_dumped_with_what_belongs_to_it() {
    for test in Dumped::on_all_with(SCHEMA) {
        for statement in ROWS.lines() {
            test.on_b(statement);
        }
        // Rows of `default` with the same keys are no part of it.
        test.project.sqlite(
            "default.db",
            "INSERT INTO authors VALUES (2, NULL, NULL); INSERT INTO blogs VALUES (10, 'of default', 2)",
        );
        let dumped = test
            .run("dump --engine b --record blogs 10 --depth 2 --out one")
            .good();
        holds(
            &dumped,
            &[
                "dumped     authors on b: 2 rows\n",
                "dumped     blogs on b: 1 row\n",
                "dumped     posts on b: 2 rows\n",
                "dumped     tags on b: 2 rows\n",
                "dumped     post_tags on b: 3 rows\n",
                "linked     authors.user_id on b: 2 keys of users on default, not dumped: 71, 72\n",
            ],
        );
        assert_eq!(test.read("one/b/blogs.csv"), "id,title,author\n10,of b,2\n");
        assert_eq!(
            test.read("one/b/posts.csv"),
            "id,blog,note\n100,10,\"a, \"\"b\"\"\"\n101,10,\n"
        );
        // The rows that refer to it alone; those that it refers to come in any case.
        let dumped = test
            .run("dump --engine b --record blogs 10 --out near --format json")
            .json();
        let tables = dumped[0]["tables"].as_array().expect("tables").len();
        assert_eq!(tables, 3, "{dumped}");
        assert_eq!(dumped[0]["links"][0]["keys"][1], "72");
        test.run("dump --engine b --record blogs 10 --depth 0 --archive none.tar.zst")
            .good();
        test.run("dump --engine b --record post_tags 101,6 --out tag")
            .good();
        assert_eq!(
            names_in(&test.project.path("tag/b")),
            [
                "authors.csv",
                "blogs.csv",
                "manifest.json",
                "post_tags.csv",
                "posts.csv",
                "tags.csv"
            ]
        );

        // Into the same engine: rows that were changed or deleted are as in the dump, others stay.
        test.on_b("UPDATE blogs SET title = 'changed'");
        test.on_b("DELETE FROM post_tags WHERE post = 101");
        test.run("load --engine b --from one").good();
        assert_eq!(
            test.rows("blogs"),
            "id,title,author\n10,of b,2\n11,changed,3\n"
        );
        assert_eq!(
            test.rows("post_tags"),
            "post,tag\n100,5\n101,5\n101,6\n102,6\n"
        );
        // And into the other one, where it updates what has its keys.
        test.run("load --engine default --from one/b").good();
        assert_eq!(
            test.run("dump --table blogs --out -").good(),
            "id,title,author\n10,of b,2\n"
        );
        assert_eq!(
            test.run("dump --table authors --out -").good(),
            "id,boss,user_id\n1,2,71\n2,1,72\n"
        );
    }
}

#[test]
fn dump_05_records_that_are_not_there_are_reported() {
    for test in Dumped::on_all_with(SCHEMA) {
        let failed = |words: &str| test.run(&format!("dump {words} --out one")).failed();
        holds(
            &failed("--engine b --record blogs 10"),
            &["there is no row of `blogs` with the key `10` on engine `b`"],
        );
        holds(
            &failed("--engine b --record blog 10"),
            &["there is no table `blog` on engine `b`", "blogs"],
        );
        holds(
            &failed("--engine b --record blogs x"),
            &["engine `b`", "not an integer"],
        );
        holds(
            &failed("--engine b --record post_tags 1"),
            &[
                "`1` is not a key of `post_tags`, whose key has 2 columns",
                "`post,tag`",
            ],
        );
        holds(
            &failed("--all --record blogs 10"),
            &["a record is of one engine", "--engine NAME"],
        );
        assert!(!test.project.path("one/b").exists());
    }
}
