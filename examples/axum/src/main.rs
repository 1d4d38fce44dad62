//! A small shop as a web service: products on one database, orders on another, one session for each request.
//!
//! README.md has the commands. With `DATABASE_URL` and `B_DATABASE_URL` the same program runs on PostgreSQL and MySQL or
//! MariaDB.
#![allow(clippy::print_stdout, reason = "it says where it listens")]

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bindery_web::{DbError, DbSession, Readiness, SessionLayer, healthz};
use serde::Deserialize;
use tokio::net::TcpListener;

bindery::include_schema!();

/// A request's session of this program's databases.
type Session = DbSession<Databases>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = Databases::open()?;
    db.run(|db| db.create_missing()).await?;

    let address = std::env::var("ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app(&db))
        .with_graceful_shutdown(interrupted())
        .await?;
    db.close_within_async(Duration::from_secs(10)).await?;
    Ok(())
}

fn app(db: &Databases) -> Router {
    Router::new()
        .route("/products", get(list_products).post(add_product))
        .route("/products/{id}", get(show_product))
        .route("/orders", get(count_orders).post(place_order))
        // Everything above has a session: committed on success, rolled back otherwise.
        .layer(SessionLayer::new(db))
        .route("/healthz", get(healthz))
        .route_service("/readyz", Readiness::new(db))
        .with_state(db.clone())
}

async fn interrupted() {
    // Without a handler for Ctrl-C the process ends by it.
    let _ = tokio::signal::ctrl_c().await;
}

async fn list_products(session: Session) -> Result<impl IntoResponse, DbError> {
    let products = session
        .run(|s| s.products().order_by(product::name.asc()).limit(100).all())
        .await?;
    Ok(Json(products))
}

/// A product that is not there is a 404: that is the error's own status.
async fn show_product(session: Session, Path(id): Path<i64>) -> Result<impl IntoResponse, DbError> {
    let product = session.run(move |s| s.products().get(id.into())).await?;
    Ok(Json(product))
}

#[derive(Deserialize)]
struct AddProduct {
    name: String,
    stock: i32,
}

/// A name that is taken is a 409.
async fn add_product(
    session: Session,
    Json(new): Json<AddProduct>,
) -> Result<impl IntoResponse, DbError> {
    let product = session
        .run(move |s| s.products().insert(NewProduct::new(new.name, new.stock)))
        .await?;
    Ok((StatusCode::CREATED, Json(product)))
}

#[derive(Deserialize)]
struct PlaceOrder {
    customer: String,
    product_id: i64,
    quantity: i32,
}

/// Writes to both databases. The response says whether both are committed.
async fn place_order(session: Session, Json(order): Json<PlaceOrder>) -> Result<Response, DbError> {
    let PlaceOrder {
        customer,
        product_id,
        quantity,
    } = order;
    let is_in_stock = session
        .run(move |s| {
            let product = s.products().get(product_id.into())?;
            let in_stock = product::id.eq(product.id).and(product::stock.ge(quantity));
            let taken = product::stock.set_to(product::stock - quantity);
            Ok(s.products().update_where(in_stock, taken)? == 1)
        })
        .await?;
    if !is_in_stock {
        // Neither a 2xx nor a 3xx: what the request did is rolled back.
        return Ok((StatusCode::CONFLICT, "not in stock").into_response());
    }
    let order = session
        .run(move |s| {
            let product = s.products().get(product_id.into())?;
            s.b()?
                .orders()
                .insert(NewOrder::new(customer, product.id, quantity))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(order)).into_response())
}

/// A single read needs no session: each call of `db` takes a connection and gives it back.
async fn count_orders(State(db): State<Databases>) -> Result<String, DbError> {
    let count = db.run(|db| db.orders().count()).await?;
    Ok(count.to_string())
}
