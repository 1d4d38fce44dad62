//! A tenant for each request: its own rows, no other tenant's, and nothing for a request that does not use it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use bindery::{EngineOptions, ErrorKind, Tenants};
use bindery_web::{DbError, RequestTenant, TenantLayer};
use tokio::net::TcpListener;

use crate::app::{Place, on_mysql, on_postgres, patient, run};
use crate::http;
use crate::wiki::{Databases, NewPage, Tables, engine};

type Tenant = RequestTenant<Databases>;

#[derive(Clone)]
struct Served {
    tenants: Tenants<Databases>,
    engine: engine::Any,
    urls: Arc<BTreeMap<String, String>>,
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
        .route("/{tenant}/other", get(other))
        .route("/{tenant}/nothing", get(async || "nothing"))
        .layer(layer)
        .with_state(served.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn each_request_has_its_tenant(place: Place, globex: String) {
    let (db, engine) = (place.open(), place.engine);
    let tenants = Tenants::builder(&db).per_tenant(engine).create_files(true);
    let acme = place.server.as_ref().map(|server| server.url());
    let acme = acme.unwrap_or_else(|| format!("{globex}-acme"));
    let urls = [("acme", acme), ("globex", globex)];
    let urls: BTreeMap<_, _> = urls.map(|(id, url)| (id.to_owned(), url)).into();
    let served = Served {
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
        urls.iter().try_for_each(|(id, url)| {
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
}

#[test]
fn reg_05_each_request_has_its_tenant_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.db");
    let place = Place {
        engine: engine::Any::Lite,
        options: patient(EngineOptions::sqlite(&file)),
        server: None,
    };
    let globex = format!("sqlite://{}", file.display());
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
