//! Dumps that are killed, or whose disk is full: nothing has the name of a dump. Row DUMP-01 of the acceptance list.

use std::process::Command;
use std::thread;

use super::dumped::Dumped;
use super::support::{holds, names_in};

/// A quarter of a million rows.
fn many_rows(test: &Dumped) {
    test.on_b("INSERT INTO empties (note) VALUES ('a note of a row')");
    for _ in 0..18 {
        test.on_b("INSERT INTO empties (note) SELECT note FROM empties");
    }
}

/// A dump that is killed leaves files that are taken for none, and the next one begins anew.
///
/// Covers CLI-1.
#[test]
fn dump_01_a_dump_that_is_killed_is_none() {
    Dumped::on_all().iter().for_each(a_killed_dump_is_none);
}

/// A disk that is full ends a dump; what was there before stays, and nothing else.
///
/// Covers DUMP-1.
#[test]
fn dump_01_a_dump_into_a_folder_on_a_full_disk_leaves_nothing() {
    for test in Dumped::on_all() {
        many_rows(&test);
        let (variable, url) = test.b_url();
        let dump = |words: &str| {
            let bindery = env!("CARGO_BIN_EXE_bindery");
            let run =
                format!("trap '' XFSZ; ulimit -f 200; exec '{bindery}' dump --engine b {words}");
            let ended = Command::new("sh")
                .args(["-c", &run])
                .current_dir(test.project.path(""))
                .env(variable, &url)
                .output()
                .expect("there is a shell");
            let messages = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert_eq!(ended.status.code(), Some(1), "{messages}");
            holds(
                &messages,
                &["engine `b`: dumping: the output cannot be written: file too large"],
            );
        };
        dump("--quiet");
        assert_eq!(names_in(&test.project.path("data")), [""; 0]);
        test.run("dump --engine b --table things --quiet").good();
        dump("--quiet --force");
        assert_eq!(names_in(&test.project.path("data")), ["b"]);
        assert_eq!(
            names_in(&test.project.path("data/b")),
            ["manifest.json", "things.csv"]
        );
    }
}

fn a_killed_dump_is_none(test: &Dumped) {
    many_rows(test);
    let (variable, url) = test.b_url();
    let mut dump = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(["dump", "--engine", "b", "--quiet"])
        .current_dir(test.project.path(""))
        .env(variable, url)
        .spawn()
        .expect("the command can be started");
    let data = test.project.path("data");
    let partial = loop {
        let names = if data.exists() {
            names_in(&data)
        } else {
            Vec::new()
        };
        match names.into_iter().find(|name| name.ends_with(".partial")) {
            Some(name) => break name,
            None => thread::yield_now(),
        }
    };
    dump.kill().expect("it runs");
    let ended = dump.wait().expect("it ended");
    assert!(!ended.success(), "it was killed before it was done");
    assert_eq!(
        names_in(&data),
        [partial.as_str()],
        "nothing has the name of a dump"
    );
    test.on_b("DELETE FROM empties WHERE id > 3");
    let kept = test.number("empties");
    let failed = test.run("load --engine b --replace --yes").failed();
    holds(&failed, &["there is no dump of engine `b`"]);
    let words = format!("load --engine b --replace --yes --from data/{partial}");
    holds(
        &test.run(&words).failed(),
        &["a dump that was interrupted", "dump --engine b"],
    );
    assert_eq!(test.number("empties"), kept);
    test.run("dump --engine b").good();
    test.run("load --engine b --replace --yes").good();
    assert_eq!(test.number("empties"), kept);
}

/// A dump that is interrupted (Ctrl-C) leaves nothing behind, neither its folder nor one that it was to replace in another state.
#[test]
fn dump_01_a_dump_that_is_interrupted_leaves_nothing() {
    for test in Dumped::on_all() {
        test.run("dump --engine b --quiet").good();
        many_rows(&test);
        for words in ["--force", "--archive data/a.tar.zst"] {
            interrupt(&test, words);
            assert_eq!(names_in(&test.project.path("data")), ["b"], "{words}");
        }
        let manifest = test.project.path("data/b/manifest.json");
        let manifest = std::fs::read_to_string(manifest).expect("the dump from before");
        assert!(!manifest.contains("262144"), "{manifest}");
    }
}

fn interrupt(test: &Dumped, words: &str) {
    let (variable, url) = test.b_url();
    let mut dump = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(["dump", "--engine", "b", "--quiet"])
        .args(words.split(' '))
        .current_dir(test.project.path(""))
        .env(variable, url)
        .spawn()
        .expect("the command can be started");
    while names_in(&test.project.path("data")).len() == 1 {
        thread::yield_now();
    }
    let pid = dump.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.is_ok_and(|status| status.success()));
    let ended = dump.wait().expect("it ended");
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&ended),
        Some(2)
    );
}
