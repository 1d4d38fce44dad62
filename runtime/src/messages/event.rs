//! Events as types: what a consumer's handler takes.

use std::time::SystemTime;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::message::Message;
use crate::error::json_problem;
use crate::link::engine::StaticEngine;
use crate::model::row_of::RowOf;
use crate::model::{HasKey, Model};

/// The key of a row.
type KeyOf<R> = <<R as RowOf>::Model as Model>::Key<<R as RowOf>::Engine>;

/// A row of a table that is published: `-- @publish` in the schema. Generated code implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not published",
    label = "expected the row of a table with events",
    note = "write `-- @publish` above the table in the schema"
)]
pub trait Published: RowOf<Model: HasKey, Engine: StaticEngine> + DeserializeOwned {}

/// An event that a handler can take: [`Created`], [`Updated`], [`Deleted`], or [`Change`] for each of them.
pub trait Event: Sized {
    /// The names of the events, `user_created`.
    #[doc(hidden)]
    fn names() -> Vec<String>;

    /// Reads one; the error says what is wrong with it, and holds no values.
    #[doc(hidden)]
    fn read(message: &Message) -> Result<Self, String>;
}

/// A row was created.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Created<R: RowOf> {
    /// The key of the new row.
    pub key: KeyOf<R>,
    /// Larger than that of every earlier event of the row.
    pub version: i64,
    /// The time at which it was written, by the clock of its database.
    pub time: SystemTime,
    /// The row as it was inserted.
    pub after: R,
}

/// A row was updated.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Updated<R: RowOf> {
    /// The key of the row, which an update does not change.
    pub key: KeyOf<R>,
    /// Larger than that of every earlier event of the row.
    pub version: i64,
    /// The time at which it was written, by the clock of its database.
    pub time: SystemTime,
    /// The row as it was, where the schema says `updated with before`.
    pub before: Option<R>,
    /// The row as it is then.
    pub after: R,
}

/// A row was deleted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Deleted<R: RowOf> {
    /// The key of the row that is gone.
    pub key: KeyOf<R>,
    /// Larger than that of every earlier event of the row.
    pub version: i64,
    /// The time at which it was written, by the clock of its database.
    pub time: SystemTime,
    /// The row as it was, where the schema says `deleted with before`.
    pub before: Option<R>,
}

/// A row was created, updated or deleted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Change<R: RowOf> {
    /// It was created.
    Created(Created<R>),
    /// It was updated.
    Updated(Updated<R>),
    /// It was deleted.
    Deleted(Deleted<R>),
}

impl<R: RowOf> Change<R> {
    /// The key of the row.
    pub fn key(&self) -> &KeyOf<R> {
        match self {
            Self::Created(event) => &event.key,
            Self::Updated(event) => &event.key,
            Self::Deleted(event) => &event.key,
        }
    }
}

/// The data of an event.
#[derive(Deserialize)]
struct Data<R> {
    before: Option<R>,
    after: Option<R>,
}

#[derive(Deserialize)]
struct KeyData<K> {
    key: K,
}

const CREATED: &str = "created";
const UPDATED: &str = "updated";
const DELETED: &str = "deleted";

fn name<R: Published>(end: &str) -> String {
    format!("{}_{end}", R::Model::EVENTS.name)
}

fn data<T: DeserializeOwned>(message: &Message) -> Result<T, String> {
    serde_json::from_str(message.data()).map_err(|error| {
        format!(
            "the data of `{}` cannot be read: {}",
            message.event(),
            json_problem(&error)
        )
    })
}

fn after<R: Published>(message: &Message) -> Result<(Option<R>, R), String> {
    let data: Data<R> = data(message)?;
    let after = data.after.ok_or_else(|| missing(message, "after"))?;
    Ok((data.before, after))
}

fn missing(message: &Message, field: &str) -> String {
    format!(
        "the data of `{}` cannot be read: missing field `{field}`",
        message.event()
    )
}

fn key<R: Published>(row: &R) -> KeyOf<R> {
    <R::Model as HasKey>::key::<R::Engine>(row)
}

impl<R: Published> Event for Created<R> {
    fn names() -> Vec<String> {
        vec![name::<R>(CREATED)]
    }

    fn read(message: &Message) -> Result<Self, String> {
        let (_, after) = after::<R>(message)?;
        Ok(Self {
            key: key(&after),
            version: message.version(),
            time: message.time(),
            after,
        })
    }
}

impl<R: Published> Event for Updated<R> {
    fn names() -> Vec<String> {
        vec![name::<R>(UPDATED)]
    }

    fn read(message: &Message) -> Result<Self, String> {
        let (before, after) = after::<R>(message)?;
        Ok(Self {
            key: key(&after),
            version: message.version(),
            time: message.time(),
            before,
            after,
        })
    }
}

impl<R: Published> Event for Deleted<R>
where
    KeyOf<R>: DeserializeOwned,
{
    fn names() -> Vec<String> {
        vec![name::<R>(DELETED)]
    }

    fn read(message: &Message) -> Result<Self, String> {
        let of_key: KeyData<KeyOf<R>> = data(message)?;
        let data: Data<R> = data(message)?;
        Ok(Self {
            key: of_key.key,
            version: message.version(),
            time: message.time(),
            before: data.before,
        })
    }
}

impl<R: Published> Event for Change<R>
where
    KeyOf<R>: DeserializeOwned,
{
    fn names() -> Vec<String> {
        [CREATED, UPDATED, DELETED].map(name::<R>).into()
    }

    fn read(message: &Message) -> Result<Self, String> {
        let event = message.event();
        if event == name::<R>(CREATED) {
            Created::read(message).map(Self::Created)
        } else if event == name::<R>(UPDATED) {
            Updated::read(message).map(Self::Updated)
        } else {
            Deleted::read(message).map(Self::Deleted)
        }
    }
}
