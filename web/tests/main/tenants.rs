//! A tenant for each request: its own rows, no other tenant's, and nothing for a request that does not use it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bindery::tenants::Tenants;
use bindery::{EngineOptions, ErrorKind};
use bindery_web::{DbError, RequestTenant, TenantLayer, TenantSession};
use tokio::net::TcpListener;

use crate::app::{TestEngine, on_mysql, on_postgres, patient, run};
use crate::http;
use crate::wiki::{Databases, NewPage, Tables, engine};

type Tenant = RequestTenant<Databases>;
type Session = TenantSession<Databases>;

#[derive(Clone)]
struct Served {
    db: Databases,
    tenants: Tenants<Databases>,
    engine: engine::Any,
    urls: Arc<BTreeMap<String, String>>,
}

impl FromRef<Served> for Databases {
    fn from_ref(served: &Served) -> Self {
        served.db.clone()
    }
}

async fn add(
    State(served): State<Served>,
    tenant: Tenant,
    Path((_, name)): Path<(String, String)>,
) -> Result<StatusCode, DbError> {
    let added = tenant.run(move |tenant| {
        tenant.session(|s| s.on(served.engine)?.pages().insert(NewPage::new(name)))
    });
    added.await?;
    Ok(StatusCode::CREATED)
}

async fn list(State(served): State<Served>, tenant: Tenant) -> Result<String, DbError> {
    let pages = tenant.run(move |tenant| tenant.on(served.engine)?.pages().all());
    let paths = pages.await?.into_iter().map(|page| page.path);
    Ok(paths.collect::<Vec<_>>().join(","))
}

/// Two calls of the tenant's session, which ends as the request does.
async fn add_two(
    State(served): State<Served>,
    session: Session,
    Path((tenant, name, status)): Path<(String, String, u16)>,
) -> Result<Response, DbError> {
    assert_eq!(session.id(), tenant);
    for path in [name.clone(), format!("{name}-2")] {
        let added = session.run(move |s| s.on(served.engine)?.pages().insert(NewPage::new(path)));
        added.await?;
        tokio::task::yield_now().await;
    }
    match status {
        0 => std::panic::resume_unwind(Box::new("in the handler")),
        1 => std::future::pending().await,
        status => Ok(StatusCode::from_u16(status).unwrap().into_response()),
    }
}

/// The whole request is locked, whoever requests another tenant: the handler itself, or work on another thread.
async fn other_in_the_task(
    State(served): State<Served>,
    State(db): State<Databases>,
) -> Result<&'static str, DbError> {
    let get = |served: &Served| {
        let url = served.urls["globex"].clone();
        let refused = served.tenants.get("globex", || url).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::TenantLocked { .. }));
    };
    get(&served);
    tokio::task::yield_now().await;
    get(&served);
    db.run(move |_| {
        get(&served);
        Ok(())
    })
    .await?;
    Ok("refused")
}

/// Another tenant cannot be reached from a request.
async fn other(State(served): State<Served>, tenant: Tenant) -> Result<&'static str, DbError> {
    let refused = tenant.run(move |_| {
        let other = served
            .tenants
            .get("globex", || served.urls["globex"].clone());
        let refused = other.unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::TenantLocked { .. }));
        Ok(())
    });
    refused.await?;
    Ok("refused")
}

async fn serve(db: &Databases, served: &Served) -> SocketAddr {
    let urls = Arc::clone(&served.urls);
    let known = Arc::clone(&urls);
    let layer = TenantLayer::new(
        db,
        &served.tenants,
        move |parts| {
            let id = parts.uri.path().split('/').nth(1)?;
            known.contains_key(id).then(|| id.to_owned())
        },
        move |id| urls[id].clone(),
    );
    let app = Router::new()
        .route("/{tenant}/pages/{name}", post(add))
        .route("/{tenant}/pages", get(list))
        .route("/{tenant}/two/{name}/{status}", post(add_two))
        .route("/{tenant}/other", get(other))
        .route("/{tenant}/other-in-the-task", get(other_in_the_task))
        .route("/{tenant}/nothing", get(async || "nothing"))
        .layer(layer)
        .with_state(served.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn each_request_has_its_tenant(place: TestEngine, globex: String) {
    let (db, engine) = (place.open(), place.engine);
    let tenants = Tenants::builder(&db).per_tenant(engine);
    let acme = place.server.as_ref().map(|server| server.url());
    let acme = acme.unwrap_or_else(|| format!("{globex}-acme"));
    let gone = format!("{globex}_gone");
    let urls = [("acme", acme), ("globex", globex), ("gone", gone)];
    let urls: BTreeMap<_, _> = urls.map(|(id, url)| (id.to_owned(), url)).into();
    let served = Served {
        db: db.clone(),
        tenants: tenants.build().unwrap(),
        engine,
        urls: Arc::new(urls),
    };
    let address = serve(&db, &served).await;
    assert_eq!(http::get(address, "/acme/nothing").await.status, 200);
    assert_eq!(http::get(address, "/nobody/pages").await.status, 404);
    assert_eq!(served.tenants.stats().open, 0, "nothing is opened unused");
    let (tenants, urls) = (served.tenants.clone(), Arc::clone(&served.urls));
    let made = db.run(move |_| {
        urls.iter()
            .filter(|(id, _)| *id != "gone")
            .try_for_each(|(id, url)| {
                tenants.get(id, || url.clone())?.create_missing()?;
                Ok(())
            })
    });
    made.await.unwrap();
    let requests = (0..50).map(|number| {
        let tenant = if number % 2 == 0 { "acme" } else { "globex" };
        let path = format!("/{tenant}/pages/{tenant}-{number:02}");
        tokio::spawn(async move { http::post(address, &path).await.status })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(request.await.unwrap(), 201);
    }
    for tenant in ["acme", "globex"] {
        let pages = http::get(address, &format!("/{tenant}/pages")).await.body;
        let pages: Vec<&str> = pages.split(',').collect();
        assert_eq!(pages.len(), 25);
        assert!(
            pages.iter().all(|page| page.starts_with(tenant)),
            "{pages:?}"
        );
    }
    assert_eq!(http::get(address, "/acme/other").await.body, "refused");
    let in_the_task = http::get(address, "/acme/other-in-the-task").await;
    assert_eq!(in_the_task.body, "refused");
    let gone = http::get(address, "/gone/pages").await;
    assert_eq!((gone.status, gone.body.as_str()), (404, "Not Found"));
    its_session_ends_with_the_request(address).await;
}

/// Committed with 2xx and 3xx, before the response's head is sent, and rolled back otherwise.
async fn its_session_ends_with_the_request(address: SocketAddr) {
    let pages = async || {
        let pages = http::get(address, "/globex/pages").await.body;
        let pages = pages.split(',').map(str::to_owned);
        pages
            .filter(|page| page.starts_with("two"))
            .collect::<Vec<_>>()
    };
    for status in [400, 404, 500] {
        let path = format!("/globex/two/two/{status}");
        assert_eq!(http::post(address, &path).await.status, status);
    }
    let panicked = http::send(address, "POST", "/globex/two/two/0").await;
    assert_eq!(panicked.answer().await, None);
    let waits = http::send(address, "POST", "/globex/two/two/1").await;
    let later = tokio::time::timeout(Duration::from_millis(300), waits.answer()).await;
    assert!(later.is_err(), "the client has gone away");
    assert_eq!(pages().await, [] as [String; 0]);
    for (name, status) in [("two-a", 201), ("two-b", 302)] {
        let path = format!("/globex/two/{name}/{status}");
        assert_eq!(http::post(address, &path).await.status, status);
    }
    assert_eq!(pages().await, ["two-a", "two-a-2", "two-b", "two-b-2"]);
}

#[test]
fn reg_05_each_request_has_its_tenant_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.db");
    let place = TestEngine {
        engine: engine::Any::Lite,
        options: patient(EngineOptions::sqlite(&file)),
        server: None,
    };
    let globex = format!("sqlite://{}", file.display());
    // A tenant's file that is not there is not made.
    for name in ["one.db", "one.db-acme"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    run("tenants on SQLite", place, |place| {
        each_request_has_its_tenant(Arc::into_inner(place).unwrap(), globex)
    });
}

#[test]
fn reg_05_each_request_has_its_tenant_on_postgres() {
    let (Some(place), Some(other)) = (on_postgres(), bindery_testkit::fresh_postgres()) else {
        return;
    };
    run("tenants on PostgreSQL", place, |place| {
        each_request_has_its_tenant(Arc::into_inner(place).unwrap(), other.url())
    });
}

#[test]
fn reg_05_each_request_has_its_tenant_on_mysql() {
    let (Some(place), Some(other)) = (on_mysql(), bindery_testkit::fresh_mysql()) else {
        return;
    };
    run("tenants on MySQL", place, |place| {
        each_request_has_its_tenant(Arc::into_inner(place).unwrap(), other.url())
    });
}
