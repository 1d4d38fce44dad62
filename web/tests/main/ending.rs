//! How a request ends decides how its session does.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;

use crate::app::{TestEngine, on_each_place, serve};
use crate::http::{get, post, send};

on_each_place! {
    a_request_that_touches_no_database_takes_nothing;
    success_is_committed_before_its_head_is_sent;
    another_status_is_rolled_back;
    calls_of_one_session_see_one_another;
    a_commit_that_fails_is_the_response;
    a_panic_is_rolled_back;
    a_layer_that_replaces_the_response_decides;
    a_timeout_around_the_session_rolls_back;
    work_that_is_given_up_is_never_reported_as_stored;
    a_client_that_goes_away_leaves_nothing;
    a_session_ends_with_its_request;
}

async fn a_request_that_touches_no_database_takes_nothing(place: Arc<TestEngine>) {
    let app = serve(place.open(), place.engine, |app| app).await;
    for _ in 0..10 {
        let answer = get(app.address, "/nothing").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "nothing"));
    }
    let (pool, workers) = (app.pool(), app.db.registry().worker_stats());
    assert_eq!((pool.open, pool.created, workers.threads), (0, 0, 0));
}

async fn success_is_committed_before_its_head_is_sent(place: Arc<TestEngine>) {
    let app = place.serve().await;
    let mut expected = Vec::new();
    for status in [200, 201, 204, 302, 303, 304] {
        let path = format!("/pages/{status}/{status}");
        assert_eq!(post(app.address, &path).await.status, status);
        expected.push(status.to_string());
        assert_eq!(app.stored().await, expected);
    }
    app.is_released().await;
}

async fn another_status_is_rolled_back(place: Arc<TestEngine>) {
    let app = place.serve().await;
    for status in [400, 404, 409, 500, 503] {
        let path = format!("/pages/{status}/{status}");
        assert_eq!(post(app.address, &path).await.status, status);
        assert_eq!(app.stored().await, [] as [String; 0]);
    }
    app.is_released().await;
}

async fn calls_of_one_session_see_one_another(place: Arc<TestEngine>) {
    let app = place.serve().await;
    assert_eq!(post(app.address, "/two/a/500").await.status, 500);
    assert_eq!(app.stored().await, [] as [String; 0]);
    assert_eq!(post(app.address, "/two/a/201").await.status, 201);
    assert_eq!(app.stored().await, ["a", "a-2"]);
    app.is_released().await;
}

async fn a_commit_that_fails_is_the_response(place: Arc<TestEngine>) {
    let app = place.serve().await;
    let answer = post(app.address, "/hooked/a").await;
    assert_eq!((answer.status, answer.body.as_str()), (409, "Conflict"));
    assert_eq!(app.stored().await, [] as [String; 0]);
    app.is_released().await;
}

async fn a_panic_is_rolled_back(place: Arc<TestEngine>) {
    let app = place.serve().await;
    for path in ["/panic/a", "/panic-in-work/a"] {
        let answer = send(app.address, "POST", path).await.answer().await;
        assert_eq!(answer, None, "the connection is closed");
        app.is_released().await;
        assert_eq!(app.stored().await, [] as [String; 0]);
    }
}

async fn a_layer_that_replaces_the_response_decides(place: Arc<TestEngine>) {
    let app = place.serve().await;
    assert_eq!(post(app.address, "/replaced/a").await.status, 418);
    assert_eq!(app.stored().await, [] as [String; 0]);
    app.is_released().await;
}

async fn a_timeout_around_the_session_rolls_back(place: Arc<TestEngine>) {
    let db = place.serve().await.db;
    let limited = from_fn(async |request, next: Next| {
        let answer = tokio::time::timeout(Duration::from_millis(300), next.run(request));
        let late = |_| StatusCode::GATEWAY_TIMEOUT.into_response();
        answer.await.unwrap_or_else(late)
    });
    let app = serve(db, place.engine, |app| app.layer(limited)).await;
    for path in ["/waits/a", "/works/a"] {
        assert_eq!(post(app.address, path).await.status, 504);
        app.is_released().await;
        assert_eq!(app.stored().await, [] as [String; 0]);
    }
}

async fn work_that_is_given_up_is_never_reported_as_stored(place: Arc<TestEngine>) {
    let app = place.serve().await;
    let answer = post(app.address, "/cancelled/a").await;
    assert_eq!(answer.status, 503);
    app.is_released().await;
    assert_eq!(app.stored().await, [] as [String; 0]);
}

async fn a_client_that_goes_away_leaves_nothing(place: Arc<TestEngine>) {
    let app = place.serve().await;
    for path in ["/waits/a", "/works/a"] {
        let request = send(app.address, "POST", path).await;
        app.waits.notified().await;
        assert_eq!(app.pool().in_use, 1);
        drop(request);
        app.is_released().await;
        assert_eq!(app.stored().await, [] as [String; 0]);
    }
}

async fn a_session_ends_with_its_request(place: Arc<TestEngine>) {
    let app = place.serve().await;
    assert_eq!(post(app.address, "/outlived/a").await.status, 201);
    app.waits.notified().await;
    assert_eq!(app.stored().await, ["a"]);
    app.is_released().await;
}
