//! The application on bindery.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use bindery::{Config, EngineOptions};

use crate::page::{BODY, Draft, LIST, Listed, UserPage, Written};
use crate::users::{User, UserId};
use crate::{Databases, Failure, NewPost, Tables, post};

/// A database error as a response.
struct Refused;

impl From<bindery::Error> for Refused {
    fn from(_: bindery::Error) -> Self {
        Self
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

type Answer<T> = Result<Json<T>, Refused>;

pub fn databases(url: &str, connections: u32) -> Result<Databases, Failure> {
    let options = EngineOptions::url(url).max_connections(connections);
    Ok(Databases::with_config(
        &Config::new().engine("default", options),
    )?)
}

pub fn application(db: Databases) -> Router {
    Router::new()
        .route("/users/{id}", get(user))
        .route("/posts", get(list).post(write))
        .with_state(db)
}

fn page(user: User) -> UserPage {
    UserPage {
        id: user.id.into_value(),
        name: user.name,
        email: user.email,
    }
}

async fn user(State(db): State<Databases>, Path(id): Path<i64>) -> Answer<UserPage> {
    let user = db.run(move |db| db.users().get(UserId::new(id))).await?;
    Ok(Json(page(user)))
}

async fn list(State(db): State<Databases>) -> Answer<Vec<Listed>> {
    let pairs = db.run(|db| {
        let newest = db.posts().join(post::user_id).order_by(post::id.desc());
        newest.limit(LIST.into()).all()
    });
    let listed = pairs.await?.into_iter().map(|(post, user)| Listed {
        id: post.id.into_value(),
        title: post.title,
        body: post.body,
        author: page(user),
    });
    Ok(Json(listed.collect()))
}

async fn write(State(db): State<Databases>, Json(draft): Json<Draft>) -> Answer<Written> {
    let post = db.run(move |db| {
        db.transaction(|tx| {
            let user = UserId::new(draft.user_id);
            tx.posts().insert(NewPost::new(post::Required {
                user_id: user,
                title: draft.title,
                body: BODY.into(),
            }))
        })
    });
    let post = post.await?;
    Ok(Json(Written {
        id: post.id.into_value(),
        title: post.title,
    }))
}
