//! Passwords over plain connections, encrypted with a key that the server sends.

use std::io::Write;

use bindery_core::config::{Secret, TlsMode};
use bindery_testkit::{Product, Watchdog};

use super::certificates::Authority;
use super::logins::reply;
use super::played::{Played, greet, packet, rest};
use super::servers::Encrypted;
use super::{Database, PATIENCE, refused, server_with};
use crate::driver::tests::{connect_with, options};
use crate::error::ErrorKind;
use bindery_core::dialect::Dialect;

/// Covers POOL-13 on MySQL: a password that the server does not remember is not seen by an eavesdropper.
#[test]
fn a_password_that_the_server_forgot_is_sent_encrypted() {
    let _watchdog = Watchdog::start("a_password_that_the_server_forgot", PATIENCE);
    let Some(encrypted) = Encrypted::mysql().filter(|it| it.server.product() == Product::MySql)
    else {
        return;
    };
    let mut server = server_with(&encrypted.url("127.0.0.1"), TlsMode::Disable, None);
    let owner = connect_with(&options(&server), Dialect::Mysql).map(Database::of);
    let mut owner = owner.expect("it lets its owner in");
    assert_eq!(owner.way(), "plain");
    owner.batch(
        "CREATE USER forgotten@'%' IDENTIFIED WITH caching_sha2_password BY 's3cr3t-canary'",
    );
    owner.batch("GRANT ALL ON *.* TO forgotten@'%'");
    server.username = Some("forgotten".to_owned());
    // The second time it is remembered.
    for (password, is_right) in [
        ("s3cr3t-other", false),
        ("s3cr3t-canary", true),
        ("s3cr3t-canary", true),
        ("s3cr3t-other", false),
    ] {
        server.password = Some(Secret::new(password));
        let outcome = connect_with(&options(&server), Dialect::Mysql);
        if is_right {
            assert_eq!(Database::of(outcome.expect("let in")).way(), "plain");
        } else {
            let error = refused(outcome, "", &server);
            assert_eq!(*error.kind(), ErrorKind::AccessDenied);
        }
    }
    owner.batch("DROP USER forgotten@'%'");
}

/// Covers POOL-13 on MySQL: without a key, nothing of the password is sent.
#[test]
fn without_a_key_no_password_is_sent() {
    let _watchdog = Watchdog::start("without_a_key_no_password_is_sent", PATIENCE);
    let authority = Authority::new("own");
    let answers: [&[u8]; 4] = [
        b"\x01",
        b"\x01-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"\xff\x15\x04#28000Access denied",
        b"\0\0\0\x02\0\0\0",
    ];
    for answer in answers {
        let played = Played::start(move |mut stream| {
            greet(&stream);
            reply(&mut stream);
            let mut say = |number, said| stream.write_all(&packet(number, said));
            say(2, b"\xfecaching_sha2_password\0saltsaltsaltsaltsalt\0").expect("it is read");
            let scramble = reply(&mut stream);
            assert_eq!(scramble.len(), 32);
            stream.write_all(&packet(4, &[1, 4])).expect("it is read");
            assert_eq!(reply(&mut stream), [2]);
            stream.write_all(&packet(6, answer)).expect("it is read");
            rest(stream)
        });
        let server = played.server(Dialect::Mysql, TlsMode::Disable, &authority);
        let outcome = connect_with(&options(&server), Dialect::Mysql);
        let error = refused(outcome, "no RSA key of 2048 bits", &server);
        assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
        assert!(played.heard().is_empty());
    }
}
