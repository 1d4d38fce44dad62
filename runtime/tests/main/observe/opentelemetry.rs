//! The spans as OpenTelemetry exports them.

use std::collections::BTreeMap;

use bindery::Registry;
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanId, SpanKind, Status, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::sample::{Everything, NewBlog, NewMember, Tables, has_one_server, on_each_database};

on_each_database! { registry:
    mon_01_opentelemetry_gets_spans_with_their_parents_and_no_values;
    mon_01_a_span_has_one_place_which_is_the_programs;
}

const SECRET: &str = "s3cr3t-canary";

/// The spans that are exported of `work`, in the order in which they ended.
fn exported(work: impl FnOnce()) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("shop"));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
    provider.force_flush().unwrap();
    exporter.get_finished_spans().unwrap()
}

fn attributes(span: &SpanData) -> BTreeMap<String, String> {
    let all = span.attributes.iter();
    all.map(|one| (one.key.to_string(), one.value.to_string()))
        .collect()
}

/// Covers MON-01, MON-02.
fn mon_01_opentelemetry_gets_spans_with_their_parents_and_no_values<E: Everything>(
    db: &Registry,
    engine: E,
) {
    let spans = exported(|| {
        let request = tracing::info_span!("GET /members", otel.kind = "server");
        request.in_scope(|| {
            let mut connection = db.connect(engine).unwrap();
            connection
                .transaction(|tx| {
                    tx.blogs().insert_many(["a", "b"].map(NewBlog::new))?;
                    tx.members().insert(NewMember::new(1, SECRET))
                })
                .unwrap();
            connection
                .members()
                .insert(NewMember::new(1, SECRET))
                .unwrap_err();
            assert_eq!(connection.blogs().all().unwrap().len(), 2);
        });
    });
    let (request, of_database) = spans.split_last().unwrap();
    assert_eq!(
        (&*request.name, &request.span_kind),
        ("GET /members", &SpanKind::Server)
    );
    assert_eq!(request.parent_span_id, SpanId::INVALID);
    for span in of_database {
        assert_eq!(
            span.parent_span_id,
            request.span_context.span_id(),
            "{span:?}"
        );
        assert_eq!(
            span.span_context.trace_id(),
            request.span_context.trace_id()
        );
        assert_eq!(span.span_kind, SpanKind::Client);
        let attributes = attributes(span);
        assert_eq!(
            attributes["db.system.name"],
            super::spans::system(engine.name())
        );
        assert_eq!(attributes["bindery.engine"], engine.name());
        let is_server = engine.name() != "default" && span.name != "checkout";
        assert_eq!(
            attributes.contains_key("server.address"),
            is_server && has_one_server(engine.name()),
            "{span:?}"
        );
        assert_eq!(
            attributes.contains_key("db.namespace"),
            is_server,
            "{span:?}"
        );
    }
    let mut names: Vec<&str> = of_database.iter().map(|span| &*span.name).collect();
    // MySQL's inserts return no rows: that is read back.
    names.retain(|name| *name != "SELECT members");
    assert_eq!(
        names,
        [
            "checkout",
            "BEGIN",
            "SAVEPOINT",
            "BATCH INSERT blogs",
            "RELEASE",
            "INSERT members",
            "COMMIT",
            "INSERT members",
            "SELECT blogs"
        ]
    );
    // The last of its name.
    let named = |name: &str| {
        let found = of_database.iter().rfind(|span| span.name == name);
        found.unwrap()
    };
    let batch = attributes(named("BATCH INSERT blogs"));
    assert_eq!(batch["db.operation.name"], "BATCH INSERT");
    assert_eq!(batch["db.operation.batch.size"], "2");
    assert!(batch["db.query.text"].contains("blogs"), "{batch:?}");
    let read = attributes(named("SELECT blogs"));
    assert_eq!(read["db.collection.name"], "blogs");
    assert_eq!(read["db.query.summary"], "SELECT blogs");
    assert_eq!(read["db.response.returned_rows"], "2");
    assert!(read["db.query.text"].starts_with("SELECT"), "{read:?}");
    assert!(
        read["code.file.path"].ends_with("opentelemetry.rs"),
        "{read:?}"
    );
    let failed = named("INSERT members");
    assert!(matches!(failed.status, Status::Error { .. }), "{failed:?}");
    assert_eq!(attributes(failed)["error.type"], "unique_violation");
    assert!(!format!("{spans:?}").contains(SECRET), "{spans:?}");
}

/// Covers MON-01: the layer adds the place that a span's metadata name.
fn mon_01_a_span_has_one_place_which_is_the_programs<E: Everything>(db: &Registry, engine: E) {
    let spans = exported(|| {
        let mut connection = db.connect(engine).unwrap();
        let written = connection.transaction(|tx| {
            tx.blogs().insert_many(["a", "b"].map(NewBlog::new))?;
            tx.blogs().all()
        });
        assert_eq!(written.unwrap().len(), 2);
        connection.query_scalar::<i64>("SELECT 1", ()).unwrap();
    });
    let mut placed = Vec::new();
    for span in &spans {
        let of_code = |one: &&KeyValue| one.key.as_str().starts_with("code.");
        let places: Vec<_> = span.attributes.iter().filter(of_code).collect();
        if places.is_empty() {
            continue;
        }
        let names: Vec<_> = places.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(names, ["code.file.path", "code.line.number"], "{span:?}");
        let file = places[0].value.as_str();
        assert!(file.ends_with("observe/opentelemetry.rs"), "{span:?}");
        placed.push(&*span.name);
    }
    let statements = [
        "BEGIN",
        "SAVEPOINT",
        "BATCH INSERT blogs",
        "SELECT blogs",
        "SELECT",
    ];
    assert_eq!(placed, statements);
}
