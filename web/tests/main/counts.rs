//! Statements are counted by requests.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use bindery::observe::StatementCounts;
use bindery_web::SessionLayer;

use crate::app::{App, TestEngine, on_each_place, serve};
use crate::http::{get, post};

on_each_place! {
    mon_02_statements_are_counted_by_requests;
}

/// Covers MON-02: of requests at the same time each has its own, those of its commit included.
async fn mon_02_statements_are_counted_by_requests(place: Arc<TestEngine>) {
    let db = place.serve().await.db;
    let layer = SessionLayer::new(&db).count_statements();
    let app = serve(db, place.engine, |app| {
        app.layer(layer).layer(from_fn(told))
    })
    .await;
    let app = Arc::new(app);
    let requests = (0..8).map(|number| {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            is_counted(&app, &format!("/two/{number}/201"), 3).await;
            is_counted(&app, &format!("/pages/one-{number}/201"), 1).await;
            is_counted(&app, &format!("/counted-by-a-hook/hook-{number}"), 2).await;
        })
    });
    for request in requests.collect::<Vec<_>>() {
        request.await.unwrap();
    }
    assert_eq!(
        get(app.address, "/nothing").await.field("x-statements"),
        Some("0")
    );
    app.is_released().await;
}

async fn is_counted(app: &App, path: &str, expected: u64) {
    let answer = post(app.address, path).await;
    let counted = answer.field("x-statements").map(str::to_owned);
    assert_eq!(
        (answer.status, counted),
        (201, Some(expected.to_string())),
        "{path}"
    );
}

/// Shows the client how many statements its request took.
async fn told(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let counts = response.extensions().get::<StatementCounts>().unwrap();
    let total = HeaderValue::from(counts.total());
    response.headers_mut().insert("x-statements", total);
    response
}
