//! Dumps as archives, written and loaded, and archives that were made to do harm. Rows DUMP-01 and DUMP-04 of the acceptance list.

use std::io::{Cursor, Write};
use std::os::unix::fs::PermissionsExt;

use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;

use super::dumped::{At, Dumped, SCHEMA};
use super::support::{holds, names_in};

const FORMS: [&str; 2] = ["tar.zst", "zip"];

#[test]
fn dump_01_an_archive_has_every_engine_and_is_loaded_from() {
    for test in Dumped::on_all() {
        test.dump_default();
        test.run("load --engine b --from data/default").good();
        let rows = test.rows("things");
        for form in FORMS {
            let archive = format!("backup.{form}");
            let before = names_in(&test.project.path(""));
            let dumped = test
                .run(&format!("dump --all --as jsonl --archive {archive}"))
                .good();
            holds(
                &dumped,
                &[&format!("4 tables of default in `{archive}/default`")],
            );
            let mut expected = before;
            expected.push(archive.clone());
            expected.sort();
            assert_eq!(names_in(&test.project.path("")), expected);
            let mode = std::fs::metadata(test.project.path(&archive)).expect("it was written");
            assert_eq!(mode.permissions().mode() & 0o777, 0o600);

            let checked = test
                .run(&format!("load --all --from {archive} --dry-run"))
                .good();
            holds(&checked, &["checked    things on b: 4 rows"]);
            test.run(&format!("load --all --from {archive} --replace --yes"))
                .good();
            assert_eq!(test.rows("things"), rows);
            test.run(&format!(
                "load --engine b --from {archive}/default --table things --table empties --replace --yes"
            ))
            .good();
            assert_eq!(test.rows("things"), rows);
            // A wrong row of an archive has its place too.
            let again = test.run(&format!("load --all --from {archive}")).failed();
            holds(&again, &["engine `b`", "has rows"]);
        }
        let failed = test.run("dump --archive backup.zip").failed();
        holds(
            &failed,
            &["there is such a file already: `backup.zip`", "--force"],
        );
        test.run("dump --archive backup.zip --force").good();
        let failed = test.run("load --engine b --from backup.zip").failed();
        holds(
            &failed,
            &[
                "there is no dump of engine `b` in `backup.zip`",
                "`--engine b --from backup.zip/default`",
            ],
        );
        let failed = test.run("dump --archive backup.rar").failed();
        holds(
            &failed,
            &[
                "`backup.rar` does not say what form",
                "`.tar.zst` or `.zip`",
            ],
        );
    }
}

/// An entry of an archive: its kind, its name and its bytes.
struct Made {
    kind: EntryType,
    name: Vec<u8>,
    content: Vec<u8>,
}

fn file(name: &str, content: impl Into<Vec<u8>>) -> Made {
    Made {
        kind: EntryType::Regular,
        name: name.into(),
        content: content.into(),
    }
}

fn special(kind: EntryType, name: &str) -> Made {
    Made {
        kind,
        ..file(name, "")
    }
}

/// A `.tar.zst` of entries that no well-meaning program would write.
fn tar_of(entries: &[Made]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for entry in entries {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..entry.name.len()].copy_from_slice(&entry.name);
        header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
        header.set_entry_type(entry.kind);
        header.set_size(entry.content.len() as u64);
        header.set_cksum();
        builder
            .append(&header, entry.content.as_slice())
            .expect("a Vec takes it");
    }
    let tar = builder.into_inner().expect("a Vec takes it");
    zstd::encode_all(tar.as_slice(), 3).expect("a Vec takes it")
}

fn zip_of(entries: &[Made]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let name = String::from_utf8(entry.name.clone()).expect("names are text");
        let options = SimpleFileOptions::default();
        if entry.kind == EntryType::Symlink {
            writer.add_symlink(name, "/etc/passwd", options)
        } else {
            writer.start_file(name, options)
        }
        .expect("a Vec takes it");
        if entry.kind != EntryType::Symlink {
            writer.write_all(&entry.content).expect("a Vec takes it");
        }
    }
    writer.finish().expect("a Vec takes it").into_inner()
}

/// Covers DUMP-2, DUMP-3 on SQLite.
#[test]
fn dump_04_hostile_archives_are_refused_by_the_name_of_the_entry() {
    let test = Dumped::with(SCHEMA, At::File(std::path::PathBuf::new()));
    test.dump_default();
    test.run("dump --table empties --out small").good();
    let manifest = || {
        file(
            "default/manifest.json",
            test.read("small/default/manifest.json"),
        )
    };
    let rows = test.read("small/default/empties.csv");
    let rows = || file("default/empties.csv", rows.as_str());
    let whole = |extra: Made| vec![manifest(), rows(), extra];
    let none = "leads nowhere else";
    let cases: Vec<(Vec<Made>, &str, &str)> = vec![
        (whole(file("../../x.csv", "x")), "`../../x.csv`", none),
        (whole(file("../x.csv", "x")), "`../x.csv`", none),
        (whole(file("/etc/passwd", "x")), "`/etc/passwd`", none),
        (whole(file("default/../x", "x")), "`default/../x`", none),
        (
            whole(file("default/a/x.csv", "x")),
            "`default/a/x.csv`",
            none,
        ),
        (whole(file("c:/x.csv", "x")), "`c:/x.csv`", none),
        (whole(file("x.csv", "x")), "`x.csv`", none),
        (
            whole(file("default/more.csv", "x")),
            "`default/more.csv`",
            "it is not in its engine's manifest",
        ),
        (
            whole(special(EntryType::Symlink, "default/link.csv")),
            "`default/link.csv`",
            "it is a link",
        ),
        (
            vec![manifest(), file("default/empties.csv", vec![0; 1 << 20])],
            "`default/empties.csv`",
            "it has more than the 8 bytes that its manifest says",
        ),
        (
            vec![manifest(), file("default/empties.csv", "id,note")],
            "`default/empties.csv`",
            "it has fewer than the 8 bytes that its manifest says",
        ),
        (
            vec![manifest(), file("default/empties.csv", "note,id\n")],
            "`default/empties.csv`",
            "its checksum is another",
        ),
        (
            vec![manifest()],
            "`default/empties.csv`",
            "it is in the manifest, and not in the archive",
        ),
        (
            vec![file("default/manifest.json", vec![0; 100 << 20])],
            "`default/manifest.json`",
            "it is too long for a manifest",
        ),
        (
            vec![file("b/rows.csv", "x")],
            "`b/rows.csv`",
            "no manifest of its engine stands before it",
        ),
    ];
    for (entries, name, why) in &cases {
        for (form, bytes) in [("tar.zst", tar_of(entries)), ("zip", zip_of(entries))] {
            refused(&test, form, &bytes, &[name, why, "nothing was changed"]);
        }
    }
    let of_tar = [
        (
            vec![rows(), manifest()],
            "`default/empties.csv`",
            "no manifest of its engine stands before it",
        ),
        (
            whole(rows()),
            "`default/empties.csv`",
            "in the archive twice",
        ),
        (whole(manifest()), "`default/manifest.json`", "twice"),
        (
            whole(special(EntryType::Link, "default/link.csv")),
            "`default/link.csv`",
            "it is a link",
        ),
        (
            whole(special(EntryType::Fifo, "default/fifo")),
            "`default/fifo`",
            "it is not a regular file",
        ),
        (
            whole(special(EntryType::XHeader, "default/pax")),
            "`default/pax`",
            "--format=gnu",
        ),
        (
            vec![Made {
                kind: EntryType::GNULongName,
                ..file("long", vec![b'x'; 100 << 20])
            }],
            "`xxxxx",
            "its name is too long",
        ),
    ];
    for (entries, name, why) in &of_tar {
        refused(&test, "tar.zst", &tar_of(entries), &[name, why]);
    }
    let before = vec![manifest(), rows()];
    for (form, whole) in [("tar.zst", tar_of(&before)), ("zip", zip_of(&before))] {
        let far = (0..whole.len()).step_by(37);
        let near = whole.len().saturating_sub(24)..whole.len();
        for length in far.chain(near) {
            refused(&test, form, &whole[..length], &[&format!("hostile.{form}")]);
        }
        test.project.write(&format!("hostile.{form}"), &whole);
        test.run(&format!("load --engine b --from hostile.{form}/default"))
            .good();
    }
}

/// The archive is refused with a message that holds these, and nothing is changed but the archive itself.
#[track_caller]
fn refused(test: &Dumped, form: &str, bytes: &[u8], parts: &[&str]) {
    let archive = format!("hostile.{form}");
    test.project.write(&archive, bytes);
    let before = names_in(&test.project.path(""));
    let failed = test
        .run(&format!("load --engine b --from {archive}/default"))
        .failed();
    holds(&failed, parts);
    assert_eq!(names_in(&test.project.path("")), before);
}
