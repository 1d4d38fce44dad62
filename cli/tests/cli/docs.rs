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

/// Boxes overlap nowhere, and every reference has its curve, in the largest schemas that there are.
#[test]
fn cli_06_large_schemas_are_drawn() {
    let Some(corpus) = corpus() else {
        return;
    };
    for (file, dialect) in [
        ("postgres/synapse.sql", "postgres"),
        ("postgres/openstreetmap.sql", "postgres"),
        ("mysql/cacti.sql", "mysql"),
    ] {
        let config = format!("[engines.default]\ndialect = '{dialect}'\nurl = '${{NOWHERE}}'\n");
        let schema = std::fs::read_to_string(corpus.join(file)).expect("it is there");
        let project = Project::new(&[("bindery.toml", &config), ("schema.sql", &schema)]);
        let outcome = project.run("docs --as svg");
        let svg = outcome.good();
        let [width, height] = numbers(&svg, ["width", "height"]);
        let aspect = width / height;
        assert!((0.4..4.0).contains(&aspect), "{file}: {aspect}");
        let boxes = boxes(&svg);
        assert_eq!(
            boxes.len(),
            schema.matches("CREATE TABLE ").count(),
            "{file}"
        );
        for (at, one) in boxes.iter().enumerate() {
            let lying = boxes[at + 1..].iter().find(|other| overlap(one, other));
            assert_eq!(lying, None, "{file}: {one:?}");
        }
        let curves = svg.matches("data-from=").count();
        assert_eq!(curves, schema.matches(" REFERENCES ").count(), "{file}");
    }
}

/// A rectangle of the diagram: left, top, right, bottom.
type Rectangle = [f64; 4];

/// The numbers of an element: those of these attributes.
fn numbers<const N: usize>(text: &str, names: [&str; N]) -> [f64; N] {
    names.map(|name| {
        let (_, rest) = text.split_once(&format!(" {name}=\"")).expect(name);
        let number = rest.split('"').next().expect("an end");
        number.parse().expect("a number")
    })
}

/// The boxes of the tables.
fn boxes(svg: &str) -> Vec<Rectangle> {
    let boxes = svg.split("<g class=\"table ").skip(1);
    boxes
        .map(|text| {
            let (_, rest) = text.split_once("translate(").expect("a place");
            let (place, rest) = rest.split_once(')').expect("its end");
            let (x, y) = place.split_once(' ').expect("two numbers");
            let at = |number: &str| -> f64 { number.parse().expect("a number") };
            let [width, height] = numbers(rest, ["width", "height"]);
            [at(x), at(y), at(x) + width, at(y) + height]
        })
        .collect()
}

/// The frames of the engines or of their schemas.
fn frames(svg: &str, kind: &str) -> Vec<Rectangle> {
    let begin = format!("<g class=\"{kind} e");
    let frames = svg.split(&begin).skip(1);
    frames
        .map(|text| {
            let [x, y, width, height] = numbers(text, ["x", "y", "width", "height"]);
            [x, y, x + width, y + height]
        })
        .collect()
}

/// Do they have a part in common that is more than what rounding makes?
fn overlap(one: &Rectangle, other: &Rectangle) -> bool {
    let common = |low: usize| one[low + 2].min(other[low + 2]) - one[low].max(other[low]);
    common(0) > 1.0 && common(1) > 1.0
}

fn is_within(inner: &Rectangle, outer: &Rectangle) -> bool {
    let is_after = inner[0] >= outer[0] - 1.0 && inner[1] >= outer[1] - 1.0;
    is_after && inner[2] <= outer[2] + 1.0 && inner[3] <= outer[3] + 1.0
}

/// Tables of two engines and two schemas, each with a foreign key to one before it, and some to several.
fn linked_tables(count: usize) -> String {
    let mut schema = String::from("-- @dialect postgres\n");
    for at in 0..count {
        let of_engine = if at % 3 == 0 { "b" } else { "default" };
        let name = |at: usize| {
            let shop = if at % 5 == 1 { "shop." } else { "" };
            format!("{shop}table_{at}_{}", "x".repeat(at % 23))
        };
        let columns: String = (0..at % 17)
            .map(|column| format!("  column_{column} text,\n"))
            .collect();
        let mut references = String::new();
        for other in [at / 2, at / 3, at.saturating_sub(3)] {
            let is_near = other < at && (other % 3 == 0) == (at % 3 == 0);
            if is_near && !references.contains(&format!("r_{other} ")) {
                references += &format!("  r_{other} bigint REFERENCES {} (id),\n", name(other));
            }
        }
        schema += &format!(
            "\n-- @engine {of_engine}\n-- @model Table{at}\nCREATE TABLE {} (\n{columns}{references}  id bigint PRIMARY KEY\n);\n",
            name(at)
        );
    }
    schema
}

/// By the numbers of the SVG itself: no box lies on another, each is within the frame of an engine, and all are on the paper.
#[test]
fn cli_06_boxes_of_the_diagram_overlap_nowhere() {
    let config = "[engines.default]\nurl = 'postgres://localhost/a'\n[engines.b]\nurl = 'postgres://localhost/b'\n";
    for count in [1, 2, 10, 40, 170] {
        let schema = linked_tables(count);
        let project = Project::new(&[("bindery.toml", config), ("schema.sql", &schema)]);
        let svg = project.run("docs --as svg").good();
        let [width, height] = numbers(&svg, ["width", "height"]);
        let (boxes, engines) = (boxes(&svg), frames(&svg, "engine"));
        let schemas = frames(&svg, "schema");
        assert_eq!(boxes.len(), count);
        for (at, one) in boxes.iter().enumerate() {
            let others = boxes[at + 1..].iter();
            let lying: Vec<_> = others.filter(|other| overlap(one, other)).collect();
            assert!(lying.is_empty(), "{count} tables: {one:?} and {lying:?}");
            assert!(
                is_within(one, &[0.0, 0.0, width, height]),
                "{count} tables: {one:?}"
            );
            let around = engines.iter().filter(|frame| is_within(one, frame)).count();
            assert!(
                engines.is_empty() || around == 1,
                "{count} tables: {one:?} in {around} engines"
            );
            let crossed = schemas
                .iter()
                .filter(|frame| overlap(one, frame) && !is_within(one, frame));
            assert_eq!(crossed.count(), 0, "{count} tables: {one:?}");
        }
        for (at, one) in engines.iter().enumerate() {
            assert!(
                !engines[at + 1..].iter().any(|other| overlap(one, other)),
                "{count} tables"
            );
        }
        let curves = svg.matches("data-from=").count();
        assert_eq!(
            curves,
            schema.matches("REFERENCES").count(),
            "{count} tables"
        );
    }
}

/// The text that the script of the page searches is there for every table: its name, columns and comments, in lower case; each has its
/// entry in the list. Colours for dark screens are those of the page and of the diagram.
#[test]
fn cli_06_documents_are_searched_and_have_a_dark_form() {
    let project = hostile();
    let page = project.run("docs").good();
    let searched: Vec<&str> = page
        .split("<section id=\"t")
        .skip(1)
        .map(|section| {
            let (_, text) = section.split_once("data-text=\"").expect("a text");
            text.split('"').next().expect("its end")
        })
        .collect();
    assert_eq!(searched.len(), 2);
    let users = searched.iter().find(|text| text.contains("email"));
    let users = users.expect("the table has a text");
    holds(users, &["users", "email", "alert(1)"]);
    assert!(
        searched.iter().all(|text| text.to_lowercase() == **text),
        "{searched:?}"
    );
    for place in 0..2 {
        let entry = format!("<a href=\"#t{place}\" data-table=\"{place}\"");
        holds(
            &page,
            &[
                &entry,
                &format!("<section id=\"t{place}\" data-table=\"{place}\""),
            ],
        );
    }
    holds(
        &page,
        &[
            "<input id=\"search\" type=\"search\"",
            "getElementById(\"search\")",
        ],
    );
    let (style, body) = page.split_once("</style>").expect("a style");
    let dark = "(prefers-color-scheme: dark)";
    assert!(style.contains(dark) && body.contains(dark), "{style}");
    holds(style, &["@media print"]);
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
