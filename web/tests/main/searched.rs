//! Texts of requests that are searched for.

use std::sync::Arc;

use crate::app::{TestEngine, on_each_place};
use crate::http::{get, post, send};

on_each_place! {
    a_nul_of_a_request_finds_what_has_it_and_nothing_else;
}

async fn a_nul_of_a_request_finds_what_has_it_and_nothing_else(place: Arc<TestEngine>) {
    let app = place.serve().await;
    for name in ["a", "b"] {
        assert_eq!(
            post(app.address, &format!("/pages/{name}/201"))
                .await
                .status,
            201
        );
    }
    assert_eq!(get(app.address, "/searched/a").await.body, "a");
    // PostgreSQL has no such text.
    let is_stored = post(app.address, "/pages/c%00d/201").await.status == 201;
    let found = get(app.address, "/searched/%00").await;
    let expected = if is_stored { "c\0d" } else { "" };
    assert_eq!((found.status, found.body.as_str()), (200, expected));
    let deleted = send(app.address, "DELETE", "/searched/%00")
        .await
        .answer()
        .await;
    let deleted = deleted.map(|answer| (answer.status, answer.body));
    assert_eq!(deleted, Some((200, u8::from(is_stored).to_string())));
    assert_eq!(app.stored().await, ["a", "b"]);
    app.is_released().await;
}
