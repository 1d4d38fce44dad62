//! `psql` takes the connection from its environment.

use std::ffi::OsString;

use bindery::config::TlsMode;

use super::{Client, Login, host};

pub(super) fn client(login: &Login<'_>) -> Client {
    let server = login.server;
    let (hosts, ports): (Vec<String>, Vec<String>) = server
        .endpoints
        .iter()
        .map(host)
        .map(|(host, port)| (host, port.to_string()))
        .unzip();
    let mut environment: Vec<(&'static str, OsString)> = vec![
        ("PGHOST", hosts.join(",").into()),
        ("PGPORT", ports.join(",").into()),
        ("PGDATABASE", server.database.clone().into()),
    ];
    let mut add = |name: &'static str, value: Option<OsString>| {
        environment.extend(value.map(|value| (name, value)));
    };
    add("PGUSER", server.username.clone().map(Into::into));
    let password = server.password.as_ref();
    add(
        "PGPASSWORD",
        password.map(|password| password.expose().into()),
    );
    add("PGSSLMODE", login.tls.map(|mode| mode_word(mode).into()));
    let tls = &server.tls;
    add("PGSSLROOTCERT", tls.ca.clone().map(Into::into));
    add("PGSSLCERT", tls.cert.clone().map(Into::into));
    add("PGSSLKEY", tls.key.clone().map(Into::into));
    add("PGOPTIONS", options(server).map(Into::into));
    Client {
        programs: &["psql"],
        packages: "`postgresql-client` (Debian, Ubuntu), `postgresql` (Fedora, Arch), `libpq` (Homebrew)",
        arguments: Vec::new(),
        withheld: &["PG"],
        environment,
        options: None,
    }
}

fn mode_word(mode: TlsMode) -> &'static str {
    match mode {
        TlsMode::Disable => "disable",
        TlsMode::Require => "require",
        TlsMode::VerifyCa => "verify-ca",
        TlsMode::VerifyFull => "verify-full",
    }
}

/// The engine's own `options`, and its schema as search path.
fn options(server: &super::Server) -> Option<String> {
    let value = |wanted: &str| {
        let mut parameters = server.parameters.iter();
        let found = parameters.find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    let schema = value("schema").map(|schema| {
        let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
        format!("-c search_path={}", escaped(&quoted))
    });
    let options: Vec<String> = value("options").into_iter().chain(schema).collect();
    (!options.is_empty()).then(|| options.join(" "))
}

/// Spaces separate options, and a backslash takes that from them.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace(' ', "\\ ")
}
