//! Spans, as a subscriber of `tracing` sees them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use bindery::Registry;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::sample::{Everything, NewBlog, NewMember, Tables, has_one_server, on_each_database};

on_each_database! { registry:
    mon_01_spans_have_the_names_of_opentelemetry;
    mon_01_spans_of_failures_have_the_kind_and_the_code;
    mon_02_spans_and_events_hold_no_values;
}

type Fields = BTreeMap<&'static str, String>;

/// The spans of a thread, in the order in which they were begun.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Fields>>>);

impl Spans {
    fn of(work: impl FnOnce()) -> Vec<Fields> {
        let spans = Self::default();
        tracing::subscriber::with_default(spans.clone(), work);
        std::mem::take(&mut spans.0.lock().unwrap())
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("bindery")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::from([("target", attributes.metadata().target().to_owned())]);
        attributes.record(&mut Written(&mut fields));
        let mut spans = self.0.lock().unwrap();
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, record: &Record<'_>) {
        let mut spans = self.0.lock().unwrap();
        let at = usize::try_from(id.into_u64()).unwrap() - 1;
        record.record(&mut Written(&mut spans[at]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::from([("target", "event".to_owned())]);
        event.record(&mut Written(&mut fields));
        self.0.lock().unwrap().push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Written<'f>(&'f mut Fields);

impl Visit for Written<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

fn get<'f>(span: &'f Fields, name: &str) -> &'f str {
    span.get(name).map_or("", String::as_str)
}

/// `db.system.name` of an engine of the sample.
pub(super) fn system(engine: &str) -> &'static str {
    match engine {
        "default" => "sqlite",
        "x_postgres" => "postgresql",
        _ => match bindery_testkit::mysql_flavour() {
            bindery_testkit::Product::MySql => "mysql",
            bindery_testkit::Product::MariaDb | bindery_testkit::Product::Postgres => "mariadb",
        },
    }
}

/// Covers MON-01.
fn mon_01_spans_have_the_names_of_opentelemetry<E: Everything>(db: &Registry, engine: E) {
    let mut connection = db.connect(engine).unwrap();
    let spans = Spans::of(|| {
        connection
            .blogs()
            .insert_many(["a", "b"].map(NewBlog::new))
            .unwrap();
        connection.blogs().all().unwrap();
    });
    let system = system(engine.name());
    for span in &spans {
        assert_eq!(get(span, "target"), "bindery::statement");
        assert_eq!(get(span, "db.system.name"), system);
        assert_eq!(get(span, "bindery.engine"), engine.name());
        assert_eq!(get(span, "otel.kind"), "client");
        let is_server = engine.name() != "default";
        assert_eq!(span.contains_key("db.namespace"), is_server, "{span:?}");
        let is_one = has_one_server(engine.name());
        assert_eq!(span.contains_key("server.address"), is_one, "{span:?}");
    }
    let read = spans.last().unwrap();
    assert_eq!(get(read, "otel.name"), "SELECT blogs");
    assert_eq!(get(read, "db.operation.name"), "SELECT");
    assert_eq!(get(read, "db.collection.name"), "blogs");
    assert_eq!(get(read, "db.response.returned_rows"), "2");
    assert_eq!(get(read, "bindery.model"), "Blog");
    assert_eq!(get(read, "bindery.operation"), "select");
    assert!(get(read, "db.query.text").starts_with("SELECT"), "{read:?}");
    let begun = spans.iter().map(|span| get(span, "db.operation.name"));
    let begun: Vec<&str> = begun.collect();
    assert_eq!(begun, ["BEGIN", "BATCH INSERT", "COMMIT", "SELECT"]);
    assert_eq!(get(&spans[1], "db.operation.batch.size"), "2");
}

/// Covers MON-01.
fn mon_01_spans_of_failures_have_the_kind_and_the_code<E: Everything>(db: &Registry, engine: E) {
    let mut connection = db.connect(engine).unwrap();
    let insert = |connection: &mut bindery::Connection<E>| {
        connection
            .members()
            .insert(NewMember::new(1, "ann@example.org"))
    };
    insert(&mut connection).unwrap();
    let spans = Spans::of(|| drop(insert(&mut connection).unwrap_err()));
    assert_eq!(get(&spans[0], "error.type"), "unique_violation");
    assert_eq!(get(&spans[0], "otel.status_code"), "ERROR");
    assert!(
        !get(&spans[0], "db.response.status_code").is_empty(),
        "{spans:?}"
    );
}

/// Covers MON-02: values are in no span and no event, also where they are part of a text that was put together.
fn mon_02_spans_and_events_hold_no_values<E: Everything>(db: &Registry, engine: E) {
    const SECRET: &str = "s3cr3t-canary";
    let recorded = super::Recorded::of(db);
    let spans = Spans::of(|| {
        let mut connection = db.connect(engine).unwrap();
        let new = || NewMember::new(1, SECRET);
        connection.members().insert(new()).unwrap();
        connection.members().insert(new()).unwrap_err();
        connection.members().insert_many([new()]).unwrap_err();
        connection.members().all().unwrap();
        let assembled = bindery::Sql::assembled(format!("SELECT '{SECRET}'"));
        let _: String = connection.query_scalar(assembled, ()).unwrap();
    });
    assert!(spans.len() > 5, "{spans:?}");
    assert!(!format!("{spans:?}").contains(SECRET), "{spans:?}");
    let mut events = recorded.take();
    // The program's own text is shown to the program's own subscriber as it was sent.
    assert!(events.pop().unwrap().statement.unwrap().contains(SECRET));
    assert!(!format!("{events:?}").contains(SECRET), "{events:?}");
}
