//! The application on sqlx, which need not test a connection before each use here, as bindery's pool does not.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::Failure;
use crate::page::{BODY, Draft, LIST, Listed, UserPage, Written};

/// A database error as a response.
struct Refused;

impl From<sqlx::Error> for Refused {
    fn from(_: sqlx::Error) -> Self {
        Self
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

type Answer<T> = Result<Json<T>, Refused>;

const USER: &str = "SELECT id, name, email FROM users WHERE id = $1";
const NEWEST: &str = "SELECT p.id, p.user_id, p.title, p.body, u.id, u.name, u.email \
                      FROM posts p JOIN users u ON u.id = p.user_id ORDER BY p.id DESC LIMIT $1";
const WRITE: &str = "INSERT INTO posts (user_id, title, body) VALUES ($1, $2, $3) \
                     RETURNING id, user_id, title, body";

pub async fn pool(url: &str, connections: u32) -> Result<PgPool, Failure> {
    let options = PgPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false);
    Ok(options.connect(url).await?)
}

pub fn application(pool: PgPool) -> Router {
    Router::new()
        .route("/users/{id}", get(user))
        .route("/posts", get(list).post(write))
        .with_state(pool)
}

fn page((id, name, email): (i64, String, String)) -> UserPage {
    UserPage { id, name, email }
}

async fn user(State(pool): State<PgPool>, Path(id): Path<i64>) -> Answer<UserPage> {
    let user = sqlx::query_as(USER).bind(id).fetch_one(&pool).await?;
    Ok(Json(page(user)))
}

type Pair = (i64, i64, String, String, i64, String, String);

async fn list(State(pool): State<PgPool>) -> Answer<Vec<Listed>> {
    let query = sqlx::query_as(NEWEST).bind(i64::from(LIST));
    let pairs: Vec<Pair> = query.fetch_all(&pool).await?;
    let listed = pairs
        .into_iter()
        .map(|(id, _, title, body, user, name, email)| Listed {
            id,
            title,
            body,
            author: page((user, name, email)),
        });
    Ok(Json(listed.collect()))
}

async fn write(State(pool): State<PgPool>, Json(draft): Json<Draft>) -> Answer<Written> {
    let mut tx = pool.begin().await?;
    let insert = sqlx::query_as(WRITE)
        .bind(draft.user_id)
        .bind(draft.title)
        .bind(BODY);
    let (id, _, title, _): (i64, i64, String, String) = insert.fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(Json(Written { id, title }))
}
