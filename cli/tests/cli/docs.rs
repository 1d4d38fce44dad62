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

/// A diagram that is too large to be read on one page comes in parts as well, and a comment is there once.
#[test]
fn cli_06_documents_print_large_diagrams_in_parts() {
    let tables = |count: usize| {
        let table = |at: usize| {
            format!("CREATE TABLE t{at} (id bigint PRIMARY KEY) COMMENT='table number {at}.';\n")
        };
        (0..count).map(table).collect::<String>()
    };
    let page = |count: usize| {
        let config = "url = 'mysql://localhost/a'\n";
        let schema = tables(count);
        let project = Project::new(&[("bindery.toml", config), ("schema.sql", &schema)]);
        project.run("docs").good()
    };
    let small = page(3);
    assert!(!small.contains("<use "), "{small}");
    assert_eq!(small.matches("table number 1.</p>").count(), 1, "{small}");
    let large = page(170);
    let parts = large.matches("<use href=\"#diagram\"/>").count();
    assert!((2..20).contains(&parts), "{parts}");
    assert_eq!(large.matches(" id=\"diagram\"").count(), 1);
}

/// The schema of which the tests of events have a program.
fn published() -> Project {
    let config = include_str!("../../../tests/golden/messages/bindery.toml");
    let schema = include_str!("../../../tests/golden/messages/schema.sql");
    Project::new(&[("bindery.toml", config), ("schema.sql", schema)])
}

/// `BINDERY_UPDATE=1` writes the file anew.
#[test]
fn msg_01_the_json_schema_of_events_is_the_one_that_events_are_validated_with() {
    let schema = published().run("docs --as json-schema").good();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/golden/messages/events.schema.json"
    );
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        std::fs::write(path, &schema).expect("the repository can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(schema == kept, "{schema}");
}

#[test]
fn msg_01_a_document_of_asyncapi_has_every_event() {
    let project = published();
    let document = project.run("docs --as asyncapi").json();
    assert_eq!(document["asyncapi"], "3.0.0");
    for (channel, operation, number) in [
        ("default", "default_events", 8),
        ("m", "m_events", 4),
        ("lite", "lite_events", 4),
    ] {
        let messages = &document["channels"][channel]["messages"];
        assert_eq!(messages.as_object().map(serde_json::Map::len), Some(number));
        assert_eq!(
            document["operations"][operation]["channel"]["$ref"],
            format!("#/channels/{channel}")
        );
    }
    let mut references = 0;
    every_reference(&document, &mut |reference| {
        references += 1;
        let path = reference.strip_prefix('#').expect("it is of the document");
        assert!(document.pointer(path).is_some(), "{reference}");
    });
    assert!(references > 30, "{references}");
    let updated = &document["components"]["schemas"]["user_updated"]["properties"];
    assert_eq!(updated["type"]["const"], "user_updated");
    assert_eq!(
        updated["data"]["required"],
        serde_json::json!(["key", "before", "after"])
    );
    let of_one = project.run("docs --as asyncapi --engine lite").json();
    let channels = of_one["channels"].as_object().expect("channels");
    assert_eq!(channels.keys().collect::<Vec<_>>(), ["lite"]);
    holds(
        &hostile().run("docs --as asyncapi").failed(),
        &["no table of these engines is published", "-- @publish"],
    );
}

fn every_reference(value: &serde_json::Value, found: &mut impl FnMut(&str)) {
    if let Some(object) = value.as_object() {
        for (name, value) in object {
            match value.as_str().filter(|_| name == "$ref") {
                Some(reference) => found(reference),
                None => every_reference(value, found),
            }
        }
    }
    for value in value.as_array().into_iter().flatten() {
        every_reference(value, found);
    }
}
