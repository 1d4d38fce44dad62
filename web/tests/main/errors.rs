//! Errors of databases as responses.

use std::sync::Arc;

use bindery::error::TimeoutPhase;
use bindery::{Error, ErrorKind};
use bindery_web::{DbError, status_of};

use crate::app::{TestEngine, on_each_place};
use crate::http::{get, post};

on_each_place! {
    errors_have_their_status_and_show_nothing;
}

async fn errors_have_their_status_and_show_nothing(place: Arc<TestEngine>) {
    let app = place.serve().await;
    assert_eq!(post(app.address, "/pages/a/201").await.status, 201);
    let taken = post(app.address, "/pages/a/201").await;
    assert_eq!((taken.status, taken.body.as_str()), (409, "Conflict"));
    let missing = get(app.address, "/pages/b").await;
    assert_eq!((missing.status, missing.body.as_str()), (404, "Not Found"));
    app.db.close();
    let closed = get(app.address, "/pages/a").await;
    assert_eq!(closed.status, 503);
    assert!(closed.head.contains("retry-after: 1"), "{}", closed.head);
    assert_eq!(closed.body, "Service Unavailable");
    let outside = get(app.address, "/outside").await;
    assert_eq!((outside.status, outside.body.as_str()), (500, ""));
}

#[test]
fn each_kind_has_a_status() {
    let phase = TimeoutPhase::Statement;
    let kinds = [
        (ErrorKind::NotFound, 404),
        (ErrorKind::Conflict, 409),
        (ErrorKind::StaleVersion, 409),
        (ErrorKind::Unavailable, 503),
        (
            ErrorKind::UnknownHost {
                host: "db".to_owned(),
            },
            503,
        ),
        (ErrorKind::ConnectionLost, 503),
        (ErrorKind::Timeout { phase }, 503),
        (ErrorKind::Busy, 503),
        (ErrorKind::OutcomeUnknown, 500),
        (ErrorKind::Syntax, 500),
    ];
    for (kind, status) in kinds {
        assert_eq!(status_of(&Error::new(kind)), status);
    }
}

#[test]
fn the_sentence_is_shown_where_that_is_wanted() {
    let error = || DbError::from(Error::new(ErrorKind::NotFound));
    assert_eq!(error().into_http::<String>().body(), "Not Found");
    let detailed = error().with_details().into_http::<String>();
    assert_eq!(detailed.body(), "there is no such row");
}
