//! CLI-06: `bindery docs`.

use bindery_testkit::corpus;

use super::support::{Project, holds};

const CONFIG: &str = "url = 'sqlite://default.db'\n[engines]\nb = 'sqlite://b.db'\n";

/// Names and comments of someone who means harm.
const HOSTILE: &str = "\
-- @dialect sqlite

-- </style><script>alert(1)</script> & \"quoted\" | `code`
CREATE TABLE users (
  id INTEGER PRIMARY KEY, -- ]]><img src=x onerror=alert(2)>
  \"<b>\" VARCHAR(20) NOT NULL DEFAULT '<i>''\"', -- @name bold
  email VARCHAR(120) NOT NULL UNIQUE
);

-- @engine b
CREATE TABLE \"or\"\"ders' <u>\" ( -- @model Order
  id INTEGER PRIMARY KEY,
  user_id BIGINT NOT NULL, -- @link users(id)
  parent_id INTEGER REFERENCES \"or\"\"ders' <u>\" (id) ON DELETE SET NULL
);
CREATE INDEX orders_by_parent ON \"or\"\"ders' <u>\" (parent_id);
";

fn hostile() -> Project {
    Project::new(&[("bindery.toml", CONFIG), ("schema.sql", HOSTILE)])
}

#[test]
fn cli_06_documents_escape_everything() {
    let project = hostile();
    let page = project.run("docs").good();
    for bad in ["<script>alert", "<img", "<b>", "<i>", "<u>", "</style><s"] {
        assert!(!page.contains(bad), "{bad}");
    }
    holds(
        &page,
        &[
            "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;",
            "<code>&lt;b&gt;</code>",
            "or&quot;ders&#39; &lt;u&gt;",
            "default-src 'none'",
        ],
    );
    let markdown = project.run("docs --as markdown").good();
    holds(
        &markdown,
        &[
            "## Engine b (sqlite)",
            "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"quoted\" \\| \\`code\\`",
            "| **id** | INTEGER |",
            "* refers to users on default (user\\_id → id) (link)\n",
            "on delete set null",
        ],
    );
    assert!(
        !markdown.contains("<script>") && !markdown.contains("<u>"),
        "{markdown}"
    );
    let svg = project.run("docs --as svg").good();
    assert!(
        svg.starts_with("<svg xmlns=") && !svg.contains("<u>"),
        "{svg}"
    );
    let mermaid = project.run("docs --as mermaid").good();
    holds(
        &mermaid,
        &[
            "erDiagram\n",
            "[\"b: or'ders' ‹u›\"] {",
            " }o..|| ",
            " }o--|| ",
        ],
    );
    let dot = project.run("docs --as dot").good();
    holds(&dot, &["subgraph cluster_0", "style=dashed", "&lt;u&gt;"]);
    assert!(!dot.contains("<u>"), "{dot}");
}

#[test]
fn cli_06_documents_show_an_engine_and_its_links() {
    let project = hostile();
    let page = project.run("docs").good();
    holds(
        &page,
        &[
            "class=\"link\" data-from=",
            "<span class=\"link\">link</span>",
            "users on default",
        ],
    );
    let one = project.run("docs --engine default --as markdown").good();
    assert!(!one.contains("ders") && one.contains("### users"), "{one}");
    let links = ["http:", "https:", "url(http", "src=\"", "<link", "@import"];
    let page = page.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !links.iter().any(|link| page.contains(link)),
        "it leads out of the file"
    );
    project.run("docs --engine nope").failed();
}

#[test]
fn cli_06_documents_overwrite_nothing() {
    let project = hostile();
    let first = project.run("docs --out docs.html").good();
    assert_eq!(first, "written    docs.html: 2 tables of b, default\n");
    holds(
        &project.run("docs --out docs.html").failed(),
        &["`docs.html` is there; nothing was changed", "--force"],
    );
    let again = project
        .run("docs --out docs.html --force --format json")
        .json();
    assert_eq!(again["tables"], 2);
    assert_eq!(project.files(), ["bindery.toml", "docs.html", "schema.sql"]);
    let failed = project.run("docs --out no/such/folder/docs.html").failed();
    holds(&failed, &["`no/such/folder/docs.html` cannot be written"]);
}

/// Boxes do not overlap, and every reference has its curve, in the largest schemas that there are.
#[test]
fn cli_06_large_schemas_are_drawn() {
    let Some(corpus) = corpus() else {
        return;
    };
    for (file, dialect) in [
        ("postgres/synapse.sql", "postgres"),
        ("mysql/cacti.sql", "mysql"),
    ] {
        let config = format!("[engines.default]\ndialect = '{dialect}'\nurl = '${{NOWHERE}}'\n");
        let schema = std::fs::read_to_string(corpus.join(file)).expect("it is there");
        let project = Project::new(&[("bindery.toml", &config), ("schema.sql", &schema)]);
        let outcome = project.run("docs --as svg");
        let svg = outcome.good();
        assert!(svg.matches("class=\"table e0\"").count() > 80, "{file}");
        let size = |name: &str| -> f64 {
            let (_, rest) = svg.split_once(&format!(" {name}=\"")).expect("a size");
            rest.split('"')
                .next()
                .expect("a size")
                .parse()
                .expect("a number")
        };
        let aspect = size("width") / size("height");
        assert!((0.4..4.0).contains(&aspect), "{file}: {aspect}");
    }
}
