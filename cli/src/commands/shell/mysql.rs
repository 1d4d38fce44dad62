//! `mariadb` and `mysql` take the connection from a file of options.

use bindery::config::TlsMode;
use bindery_schema::config::Endpoint;

use super::{Client, Login};

pub(super) fn client(login: &Login<'_>) -> Client {
    Client {
        programs: &["mariadb", "mysql"],
        packages: "`mariadb-client` or `default-mysql-client` (Debian, Ubuntu), `mariadb` (Fedora, Arch, Homebrew)",
        arguments: vec![format!("--database={}", login.server.database).into()],
        withheld: &["MYSQL_PWD"],
        // `mysql` reads the login file that is named here besides any file of options: this one cannot be there.
        environment: vec![("MYSQL_TEST_LOGIN_FILE", "/dev/null/none".into())],
        options: Some(("--defaults-file=", file(login))),
    }
}

fn file(login: &Login<'_>) -> String {
    let server = login.server;
    let mut text = "[client]\n".to_owned();
    let mut add = |name: &str, value: &str| text += &format!("{name}={}\n", quoted(value));
    // The client takes one server.
    match server.endpoints.first() {
        Some(Endpoint::Tcp { host, port }) => {
            add("host", host);
            add("port", &port.to_string());
            add("protocol", "tcp");
        }
        Some(Endpoint::Socket { path, .. }) => add("socket", &path.display().to_string()),
        None => {}
    }
    if let Some(user) = &server.username {
        add("user", user);
    }
    if let Some(password) = &server.password {
        add("password", password.expose());
    }
    let tls = &server.tls;
    let files = [
        ("ssl-ca", &tls.ca),
        ("ssl-cert", &tls.cert),
        ("ssl-key", &tls.key),
    ];
    for (name, path) in files {
        if let Some(path) = path {
            add(name, &path.display().to_string());
        }
    }
    // Each of the two products passes over what only the other knows.
    text += match login.tls {
        None => "",
        Some(TlsMode::Disable) => "loose-skip-ssl\nloose-ssl-mode=DISABLED\n",
        Some(TlsMode::Require) => "loose-ssl\nloose-ssl-mode=REQUIRED\n",
        Some(TlsMode::VerifyCa) => "loose-ssl\nloose-ssl-mode=VERIFY_CA\n",
        Some(TlsMode::VerifyFull) => {
            "loose-ssl\nloose-ssl-verify-server-cert\nloose-ssl-mode=VERIFY_IDENTITY\n"
        }
    };
    text
}

/// A value as the option files of MySQL and MariaDB have it.
fn quoted(value: &str) -> String {
    let mut text = "\"".to_owned();
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other => text.push(other),
        }
    }
    text + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_characters_are_escaped() {
        assert_eq!(quoted("a'b\"c\\d #e"), r#""a'b\"c\\d #e""#);
    }
}
