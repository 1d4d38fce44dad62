//! TLS as a program sets it: what is refused when it opens, before anything is connected, and the errors it gets.

use std::fs;
use std::path::PathBuf;

use bindery::config::TlsMode;
use bindery::{Config, EngineOptions, ErrorKind, Registry};
use tempfile::TempDir;

use crate::sample::program;

const CANARY: &str = "s3cr3t-\u{1F511}-canary";

/// An authority in `ca.pem`, a pair that fits in `cert.pem` and `key.pem`, and a key of another in `other.pem`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["db.example.org".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(Vec::new()).unwrap();
    let files = [
        ("ca.pem", own.cert.pem()),
        ("cert.pem", own.cert.pem()),
        ("key.pem", own.signing_key.serialize_pem()),
        ("other.pem", other.signing_key.serialize_pem()),
        ("text.pem", "no certificate".to_owned()),
    ];
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// Opens a program whose other engines are of no matter here.
fn open(config: Config) -> bindery::Result<Registry> {
    let others = ["b", "default", "test"].into_iter();
    let config = others.fold(config, |config, name| config.engine(name, ":memory:"));
    let config = config
        .engine("x_mysql", "mysql://nobody@127.0.0.1:1/nothing")
        .engine("y_mariadb", "mariadb://nobody@127.0.0.1:1/nothing");
    Registry::with_config(program(), &config)
}

fn remote(parameters: &str) -> EngineOptions {
    EngineOptions::url(format!("postgres://ann@db.example.org/shop{parameters}")).password(CANARY)
}

/// Covers CFG-3, POOL-13: what cannot work is an error when the program opens, with what to write and no password.
#[test]
fn what_cannot_work_is_an_error_at_open() {
    let folder = folder();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    let cases = [
        (
            remote("").tls_ca(at("none.pem")),
            "none.pem` cannot be read",
        ),
        (
            remote("").tls_ca(folder.path()),
            "cannot be read: it is not a regular file",
        ),
        (remote("").tls_ca(at("text.pem")), "holds no certificate"),
        (
            remote("")
                .tls_ca(at("ca.pem"))
                .tls_client(at("none"), at("key.pem")),
            "`tls-cert`: `",
        ),
        (
            remote("")
                .tls_ca(at("ca.pem"))
                .tls_client(at("cert.pem"), at("text.pem")),
            "holds no private key",
        ),
        (
            remote("")
                .tls_ca(at("ca.pem"))
                .tls_client(at("cert.pem"), at("other.pem")),
            "is not the key of the certificate",
        ),
        (
            remote("").tls(TlsMode::Disable),
            "`tls-plaintext = \"allow\"`",
        ),
        (remote("?sslmode=disable"), "`tls-plaintext = \"allow\"`"),
        (
            remote("?sslmode=require").tls(TlsMode::VerifyFull),
            "contradict each other",
        ),
        (remote("?sslmode=prefer"), "either encrypted or not"),
        (
            remote("?sslmode=require").tls_ca(at("ca.pem")),
            "trusts any server that answers",
        ),
        (
            EngineOptions::sqlite("x.db").tls(TlsMode::Require),
            "SQLite file",
        ),
    ];
    for (options, expected) in cases {
        let shown = format!("{options:?}");
        let error = open(Config::new().engine("x_postgres", options)).expect_err(expected);
        assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
        assert_eq!(error.engine(), Some("x_postgres"));
        let shown = format!("{shown} {error} {error:?}");
        assert!(shown.contains(expected), "{shown}");
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

/// Covers CFG-3, CFG-6: the default, and paths that start where the file is.
#[test]
fn the_mode_is_told() {
    let folder = folder();
    let toml = "[engines.x_postgres]\nurl = \"postgres://ann@db.example.org/shop\"\ntls-ca = \"${AUTHORITY:-ca.pem}\"\n";
    fs::write(folder.path().join("bindery.toml"), toml).unwrap();
    let config = || Config::from_file(folder.path().join("bindery.toml")).unwrap();
    let db = open(config()).unwrap();
    let tls = |name: &str| db.engine(name).unwrap().tls;
    assert_eq!(tls("x_postgres"), Some(TlsMode::VerifyFull));
    assert_eq!(tls("x_mysql"), Some(TlsMode::Disable));
    assert_eq!(tls("default"), None);
    let error = open(config().variable("AUTHORITY", "none.pem")).expect_err("no file");
    assert!(error.to_string().contains("none.pem"), "{error}");
    // Settings of the environment are combined with those of the file.
    let plain = "postgres://ann@localhost/shop?sslmode=disable";
    let error =
        open(config().variable("BINDERY_X_POSTGRES_URL", plain)).expect_err("a CA for plain text");
    assert!(error.to_string().contains("means nothing"), "{error}");

    let plain = remote("").tls(TlsMode::Disable).tls_plaintext();
    let db = open(Config::new().engine("x_postgres", plain)).unwrap();
    assert_eq!(db.engine("x_postgres").unwrap().tls, Some(TlsMode::Disable));
}
