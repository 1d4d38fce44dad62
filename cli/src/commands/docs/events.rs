//! The events of published tables for other programs: JSON schemas, alone or in a document of AsyncAPI.
//! <https://www.asyncapi.com/docs/reference/specification/v3.0.0>

use bindery_schema::ast::{ChangeKind, PublishedEvent};
use bindery_schema::column_type::{ColumnType, Integer, TypeClass};
use bindery_schema::model::{
    CheckedModel, Column, EngineId, EnumType, FieldType, PrimaryKey, Table,
};
use bindery_schema::name;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::report::document;

/// The places of schemas in documents.
const IN_ASYNCAPI: &str = "#/components/schemas/";
const IN_SCHEMA: &str = "#/definitions/";

/// A published table, and those of the chosen engines that have its events.
struct Published<'m> {
    table: &'m Table,
    engines: Vec<&'m str>,
    events: Vec<PublishedEvent>,
}

/// The document of AsyncAPI: a channel for each engine with an outbox.
pub(super) fn asyncapi(model: &CheckedModel, chosen: &[EngineId]) -> Result<String, Failure> {
    let published = published(model, chosen)?;
    let mut messages = Map::new();
    for (one, event) in all(&published) {
        let name = one.event_name(event.kind);
        let message = json!({
            "name": name,
            "title": one.title(event.kind),
            "contentType": "application/cloudevents+json",
            "payload": { "$ref": format!("{IN_ASYNCAPI}{name}") },
        });
        messages.insert(name, message);
    }
    let engines = chosen.iter().map(|id| model.engine(*id).name.as_str());
    let (mut channels, mut operations) = (Map::new(), Map::new());
    for engine in engines.filter(|name| published.iter().any(|one| one.engines.contains(name))) {
        channels.insert(engine.to_owned(), channel(engine, &published));
        let operation = json!({
            "action": "send",
            "channel": { "$ref": format!("#/channels/{engine}") },
        });
        operations.insert(format!("{engine}_events"), operation);
    }
    Ok(document(&json!({
        "asyncapi": "3.0.0",
        "info": { "title": "Events of changes", "version": "1.0.0" },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas(model, &published, IN_ASYNCAPI) },
    })))
}

/// The JSON schema of an event of any of the tables.
pub(super) fn json_schema(model: &CheckedModel, chosen: &[EngineId]) -> Result<String, Failure> {
    let published = published(model, chosen)?;
    let events = all(&published);
    let events = events.map(|(one, event)| {
        let name = one.event_name(event.kind);
        json!({ "$ref": format!("{IN_SCHEMA}{name}") })
    });
    Ok(document(&json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Events of changes",
        "oneOf": events.collect::<Vec<_>>(),
        "definitions": schemas(model, &published, IN_SCHEMA),
    })))
}

fn published<'m>(
    model: &'m CheckedModel,
    chosen: &[EngineId],
) -> Result<Vec<Published<'m>>, Failure> {
    let found = model.tables.iter().filter_map(|table| {
        let events = table.publish.as_ref()?.events.clone();
        let has = |id: &&EngineId| chosen.contains(id) && model.engine(**id).outbox;
        let engines = table.engines.iter().filter(has);
        let engines: Vec<_> = engines.map(|id| model.engine(*id).name.as_str()).collect();
        (!engines.is_empty()).then_some(Published {
            table,
            engines,
            events,
        })
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        let failure = Failure::new("no table of these engines is published");
        return Err(failure.help("write `-- @publish` above a table"));
    }
    Ok(found)
}

fn all<'p, 'm>(
    published: &'p [Published<'m>],
) -> impl Iterator<Item = (&'p Published<'m>, PublishedEvent)> {
    let of_one = |one: &'p Published<'m>| one.events.iter().map(move |event| (one, *event));
    published.iter().flat_map(of_one)
}

impl Published<'_> {
    /// The name of the model in events: `user`.
    fn name(&self) -> String {
        name::event_model(&self.table.model_name)
    }

    /// The name of an event: `user_created`.
    fn event_name(&self, kind: ChangeKind) -> String {
        format!("{}_{}", self.name(), kind.word())
    }

    fn title(&self, kind: ChangeKind) -> String {
        format!("A row of {} was {}", self.table.name.name, kind.word())
    }
}

fn channel(engine: &str, published: &[Published<'_>]) -> Value {
    let of_engine = all(published).filter(|(one, _)| one.engines.contains(&engine));
    let messages = of_engine.map(|(one, event)| {
        let name = one.event_name(event.kind);
        let message = json!({ "$ref": format!("#/components/messages/{name}") });
        (name, message)
    });
    json!({
        // It is that of the queue which a relay hands them to.
        "address": null,
        "description": format!("Committed changes on the engine {engine}, those of a row in their order"),
        "messages": messages.collect::<Map<_, _>>(),
    })
}

/// The schemas of all events, and of the rows and keys in them.
fn schemas(model: &CheckedModel, published: &[Published<'_>], place: &str) -> Map<String, Value> {
    let mut schemas = Map::new();
    for one in published {
        let name = one.name();
        schemas.insert(name.clone(), row(model, one.table));
        if let Some(key) = &one.table.primary_key {
            schemas.insert(format!("{name}_key"), key_of(model, one.table, key));
        }
        for event in &one.events {
            schemas.insert(one.event_name(event.kind), envelope(one, *event, place));
        }
    }
    schemas
}

/// A CloudEvent with the row.
fn envelope(one: &Published<'_>, event: PublishedEvent, place: &str) -> Value {
    let event_name = one.event_name(event.kind);
    json!({
        "type": "object",
        "title": one.title(event.kind),
        "required": ["specversion", "id", "source", "type", "subject", "time", "binderyversion", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "minLength": 1, "description": "A text that no other event has" },
            "source": { "type": "string", "format": "uri-reference", "minLength": 1 },
            "type": { "const": event_name },
            "subject": { "type": "string", "description": "The key of the row" },
            "time": { "type": "string", "format": "date-time" },
            "datacontenttype": { "const": "application/json" },
            "dataschema": { "const": format!("urn:bindery:event:{event_name}") },
            "binderyversion": {
                "type": "string",
                "pattern": "^[0-9]+$",
                "description": "A number, larger than that of every earlier event of the row",
            },
            "binderyorigin": {
                "type": "string",
                "description": "The engines that the change came through, parted by commas",
            },
            "data": data(&one.name(), event, place),
        },
    })
}

fn data(name: &str, event: PublishedEvent, place: &str) -> Value {
    let row = json!({ "$ref": format!("{place}{name}") });
    let mut required = vec!["key"];
    let mut properties = Map::new();
    properties.insert(
        "key".to_owned(),
        json!({ "$ref": format!("{place}{name}_key") }),
    );
    let has_after = event.kind != ChangeKind::Deleted;
    for (field, is_there) in [("before", event.before), ("after", has_after)] {
        if is_there {
            required.push(field);
            properties.insert(field.to_owned(), row.clone());
        }
    }
    json!({ "type": "object", "required": required, "properties": properties })
}

fn row(model: &CheckedModel, table: &Table) -> Value {
    let columns = table.columns.iter().filter(|column| column.is_in_json());
    object(model, table, columns)
}

/// A key of one column is its value.
fn key_of(model: &CheckedModel, table: &Table, key: &PrimaryKey) -> Value {
    match key.columns.as_slice() {
        [only] => value_schema(model, table.column(*only)),
        several => object(model, table, several.iter().map(|id| table.column(*id))),
    }
}

fn object<'m>(
    model: &CheckedModel,
    table: &Table,
    columns: impl Iterator<Item = &'m Column>,
) -> Value {
    let mut required = Vec::new();
    let mut properties = Map::new();
    for column in columns {
        let name = column.json_name(table.serde_rename);
        required.push(name.clone());
        properties.insert(name, column_schema(model, column));
    }
    json!({ "type": "object", "required": required, "properties": properties })
}

fn column_schema(model: &CheckedModel, column: &Column) -> Value {
    // A module of the program's own may write null as it likes, too.
    if column.serde.with.is_some() {
        return json!({});
    }
    value_schema(model, column)
}

fn value_schema(model: &CheckedModel, column: &Column) -> Value {
    let schema = match &column.field_type {
        // A type of the program's own is written as it likes.
        FieldType::Custom(_) => json!({}),
        FieldType::Plain => typed(model, column),
        FieldType::Key { table, .. } => {
            let table = model.table(*table);
            let key = table.primary_key.as_ref().map(|key| key.columns.as_slice());
            match key {
                Some([only]) => match &table.column(*only).field_type {
                    FieldType::Custom(_) => json!({}),
                    FieldType::Plain | FieldType::Key { .. } => typed(model, table.column(*only)),
                },
                _ => json!({}),
            }
        }
    };
    if column.nullable {
        nullable(schema)
    } else {
        schema
    }
}

fn typed(model: &CheckedModel, column: &Column) -> Value {
    if column.as_text {
        return json!({ "type": "string" });
    }
    type_schema(model, &column.column_type)
}

/// A schema without a type takes null already.
fn nullable(schema: Value) -> Value {
    if schema.as_object().is_some_and(Map::is_empty) {
        return schema;
    }
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// The form that values of a type have in an event.
fn type_schema(model: &CheckedModel, column_type: &ColumnType) -> Value {
    let formatted = |format: &str| json!({ "type": "string", "format": format });
    match column_type.class() {
        TypeClass::Boolean => json!({ "type": "boolean" }),
        TypeClass::Integer(integer) => whole_number(integer),
        TypeClass::Year => json!({ "type": "integer", "minimum": 0, "maximum": 2155 }),
        TypeClass::Bit => json!({ "type": "integer", "minimum": 0 }),
        TypeClass::Float { .. } => json!({ "type": "number" }),
        TypeClass::Decimal => {
            json!({ "type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$" })
        }
        TypeClass::Text => text_schema(column_type.length()),
        TypeClass::Bytes => bytes(),
        TypeClass::Date => formatted("date"),
        TypeClass::Time => json!({ "type": "string", "description": "A time of day" }),
        TypeClass::DateTime => {
            json!({ "type": "string", "description": "A date and a time, without a zone" })
        }
        TypeClass::Timestamp => formatted("date-time"),
        TypeClass::Interval => interval(),
        TypeClass::Uuid => formatted("uuid"),
        TypeClass::Json | TypeClass::Any => json!({}),
        TypeClass::Enum => column_type
            .enum_id()
            .map_or(json!({}), |id| values(model.enum_type(id))),
        TypeClass::Set => set(column_type),
        TypeClass::Array => array(model, column_type),
    }
}

fn whole_number(integer: Integer) -> Value {
    let (least, most) = integer.range();
    let mut schema = json!({ "type": "integer" });
    for (word, bound) in [("minimum", least), ("maximum", most)] {
        if let Ok(bound) = i64::try_from(bound) {
            schema[word] = json!(bound);
        } else if let Ok(bound) = u64::try_from(bound) {
            schema[word] = json!(bound);
        }
    }
    schema
}

fn text_schema(length: Option<u32>) -> Value {
    match length {
        Some(length) => json!({ "type": "string", "maxLength": length }),
        None => json!({ "type": "string" }),
    }
}

fn bytes() -> Value {
    let byte = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    json!({ "type": "array", "items": byte })
}

fn interval() -> Value {
    let number = json!({ "type": "integer" });
    json!({
        "type": "object",
        "required": ["months", "days", "microseconds"],
        "properties": { "months": number, "days": number, "microseconds": number },
    })
}

/// An enum is written as in the database.
fn values(one: &EnumType) -> Value {
    let values = one.values.iter().map(|value| value.value.as_str());
    json!({ "type": "string", "enum": values.collect::<Vec<_>>() })
}

fn set(column_type: &ColumnType) -> Value {
    let ColumnType::Set(names) = column_type else {
        return json!({});
    };
    json!({ "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": names } })
}

fn array(model: &CheckedModel, column_type: &ColumnType) -> Value {
    let ColumnType::Array(element) = column_type else {
        return json!({ "type": "array" });
    };
    json!({ "type": "array", "items": type_schema(model, element) })
}
