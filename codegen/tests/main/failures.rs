//! A build script that is stopped, or cannot write: the file is then as it was before, or as it should be.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use bindery_codegen::{Config, Standalone};

use crate::support::{folder_with, generated, model_of};

/// Names the folder for [`a_build_script`], which does nothing without it.
const FOLDER: &str = "BINDERY_TEST_FOLDER";

/// The build script that the other tests run in a process of its own.
#[test]
fn a_build_script() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = Path::new(&folder);
        let mut config = Config::new().schema(folder.join("schema.sql"));
        let file = folder.join("bindery.toml");
        if file.exists() {
            config = config.config_file(file);
        }
        if let Err(error) = config.out_dir(folder.join("out")).compile() {
            panic!("refused: {error}");
        }
    }
}

/// Runs [`a_build_script`], by a shell that does `before` first.
fn build_script(folder: &Path, before: &str) -> Command {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!(
            "{before} exec \"$0\" --exact failures::a_build_script --nocapture"
        ))
        .arg(program)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn refused(folder: &Path, before: &str) -> String {
    let output = build_script(folder, before).output();
    let output = output.expect("it can be started");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{before}: it wrote all the same");
    text
}

/// A schema of this number of tables, each with a column of this name.
fn schema(tables: usize, column: &str) -> String {
    let table = |at| format!("CREATE TABLE t{at} (id INTEGER PRIMARY KEY, {column} TEXT);\n");
    (0..tables).map(table).collect()
}

fn compiled(folder: &Path) -> String {
    let status = build_script(folder, "")
        .output()
        .map(|output| output.status);
    assert!(status.expect("it can be started").success());
    generated(&folder.join("out"))
}

fn write_schema(folder: &Path, text: &str) {
    std::fs::write(folder.join("schema.sql"), text).expect("it can be written to");
}

/// Covers COMP-8.
#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = folder_with("schema.sql", &schema(20, "a"));
    let old = compiled(folder.path());
    write_schema(folder.path(), &schema(40, "b"));
    // A file may not be longer than this number of blocks: writing fails in the middle.
    let text = refused(folder.path(), "trap '' XFSZ; ulimit -f 64;");
    assert!(text.contains(".rs` cannot be written"), "{text}");
    let out = folder.path().join("out");
    let now = generated(&out);
    assert!(now == old, "it is as it was");
    let names = std::fs::read_dir(&out).expect("it is there").count();
    assert_eq!(names, 4, "no half of a file is left");
    assert_ne!(compiled(folder.path()), old);
}

/// Covers COMP-8.
#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let folder = folder_with("schema.sql", &schema(1, "a"));
    std::fs::write(folder.path().join("out"), "a file").expect("it can be written to");
    let text = refused(folder.path(), "");
    assert!(text.contains(".rs` cannot be written"), "{text}");
    let out = folder.path().join("out");
    std::fs::remove_file(&out).expect("it is ours");
    std::fs::create_dir(&out).expect("its place is free");
    let closed = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(&out, closed).expect("it is ours");
    // Root may write there all the same.
    if std::fs::write(out.join("probe"), "").is_err() {
        let text = refused(folder.path(), "");
        assert!(text.contains(".rs` cannot be written"), "{text}");
    }
}

#[test]
fn something_else_in_its_place_is_named() {
    let folder = folder_with("schema.sql", &schema(1, "a"));
    let out = folder.path().join("out");
    std::fs::create_dir_all(out.join("bindery.rs/x")).expect("a folder can be made");
    let text = refused(folder.path(), "");
    assert!(text.contains(".rs` cannot be written"), "{text}");
    assert_eq!(std::fs::read_dir(&out).expect("it is there").count(), 2);
}

/// Covers COMP-8.
#[test]
fn a_killed_build_script_leaves_a_whole_file() {
    let folder = folder_with("schema.sql", &schema(150, "a"));
    let first = compiled(folder.path());
    write_schema(folder.path(), &schema(150, "b"));
    let second = compiled(folder.path());
    let out = folder.path().join("out");
    let mut killed = 0;
    for round in 0..40 {
        let column = if round % 2 == 0 { "a" } else { "b" };
        write_schema(folder.path(), &schema(150, column));
        let mut child = build_script(folder.path(), "")
            .spawn()
            .expect("it can be started");
        std::thread::sleep(Duration::from_millis(4 * round));
        // Too late where it has ended; then the file is the new one.
        let _ = child.kill();
        let status = child.wait().expect("it was started");
        killed += usize::from(!status.success());
        let text = generated(&out);
        assert!(
            text == first || text == second,
            "round {round}: half a file"
        );
    }
    assert!(killed > 0, "none was killed in time");
    write_schema(folder.path(), &schema(150, "a"));
    assert!(
        compiled(folder.path()) == first,
        "what is left does no harm"
    );
}

/// Neither the clock, nor the language, nor where it is run and written says anything about what is written.
///
/// Covers COMP-9.
#[test]
fn output_is_the_same_wherever_it_is_made() {
    let places = [
        "cd / && TZ=Pacific/Kiritimati LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 SOURCE_DATE_EPOCH=1",
        "cd \"$BINDERY_TEST_FOLDER\" && TZ=UTC LANG=C LC_ALL=C SOURCE_DATE_EPOCH=4102444800",
    ];
    let texts = places.map(|before| {
        let folder = folder_with("schema.sql", &schema(40, "name"));
        let output = build_script(folder.path(), before).output();
        assert!(
            output.expect("it can be started").status.success(),
            "{before}"
        );
        generated(&folder.path().join("out"))
    });
    assert!(texts[0] == texts[1]);
}

/// A password with characters that end a pattern, as text, in a URL, and of a program: neither the generated code, of a build script or as a
/// crate, nor what a build prints has it, whether the build warns or is refused.
///
/// Covers CON-06.
#[test]
fn con_06_no_secret_of_a_configuration_is_in_code_or_in_the_output_of_a_build() {
    const CONFIG: &str = "\
url = 'postgres://ann:canary%40%2F%2Fx@db/shop?application_name=shop'
[engines.b]
dialect = 'mysql'
database = 'shop'
password = 'x@canary//x'
[engines.c]
url = 'mysql://ann@db/shop'
password-command = ['cat', '/canary@//x']
";
    const SCHEMA: &str = "-- @engines default, b, c\nCREATE TABLE notes (id BIGINT PRIMARY KEY);\n";
    let folder = folder_with("bindery.toml", CONFIG);
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    let build = || {
        let output = build_script(folder.path(), "").output();
        let output = output.expect("it can be started");
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        assert!(!printed.contains("canary"), "{printed}");
        (output.status.success(), printed)
    };
    write("schema.sql", SCHEMA).expect("it can be written to");
    assert!(build().0);
    let out = folder.path().join("out");
    let code = generated(&out);
    assert!(code.contains("\"b\""), "the engines are in it");
    let shop = Standalone::new(folder.path().join("shop"), "shop-db").expect("a good name");
    shop.generate(&model_of(folder.path()))
        .expect("it can be written");
    for written in [out, folder.path().join("shop")] {
        files_without(&written, "canary");
    }
    write(
        "schema.sql",
        "-- @engines default, b, c\nCREATE TABLE notes (id BIGINT PRIMARY KEY REFERENCES none (id));\n",
    )
    .expect("it can be written to");
    let (succeeded, printed) = build();
    assert!(!succeeded && printed.contains("error[B"), "{printed}");
    for broken in [
        format!("{CONFIG}colour = 'red'\n"),
        CONFIG.replace("url", "link"),
    ] {
        write("bindery.toml", &broken).expect("it can be written to");
        let (succeeded, printed) = build();
        assert!(!succeeded && printed.contains("bindery.toml:"), "{printed}");
    }
}

/// No file below the folder has the text.
fn files_without(folder: &Path, text: &str) {
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_without(&path, text);
        } else {
            let bytes = std::fs::read(&path).expect("it is there");
            let content = String::from_utf8_lossy(&bytes);
            assert!(!content.contains(text), "{}", path.display());
        }
    }
}

/// Covers COMP-6: neither pipes nor devices keep a build waiting, and no link is followed to where it leads.
#[test]
fn what_stands_in_the_place_of_the_output_is_replaced() {
    let folder = folder_with("schema.sql", &schema(2, "a"));
    let whole = compiled(folder.path());
    let out = folder.path().join("out");
    let outside = folder.path().join("outside.rs");
    std::fs::write(&outside, "mine").expect("it can be written to");
    for name in ["bindery.rs", "bindery.index"] {
        let place = out.join(name);
        let targets = ["/dev/zero", "/dev/full", "outside.rs", "loop", "nowhere"];
        for target in targets.map(Some).into_iter().chain([None]) {
            std::fs::remove_file(&place).expect("it is there");
            match target {
                Some("outside.rs") => symlink(&outside, &place),
                Some("loop") => symlink(&place, &place),
                Some(target) => symlink(target, &place),
                None => pipe(&place),
            }
            .expect("it can be made");
            assert!(compiled(folder.path()) == whole, "{name} {target:?}");
            let kind = place.symlink_metadata().expect("it is there");
            assert!(kind.is_file(), "{name} {target:?}");
        }
    }
    let mine = std::fs::read_to_string(&outside).expect("it is there");
    assert_eq!(mine, "mine");
}

fn pipe(path: &Path) -> std::io::Result<()> {
    let status = Command::new("mkfifo").arg(path).status()?;
    assert!(status.success());
    Ok(())
}

/// Covers COMP-6: neither a pipe nor a link in a circle in place of a schema or configuration keeps a build waiting.
#[test]
fn what_is_no_file_is_not_read() {
    let folder = folder_with("schema.sql", &schema(1, "a"));
    let file = folder.path().join("schema.sql");
    std::fs::remove_file(&file).expect("it is there");
    pipe(&file).expect("it can be made");
    let told = refused(folder.path(), "");
    assert!(told.contains("it is not a regular file"), "{told}");
    std::fs::remove_file(&file).expect("it is there");
    symlink(&file, &file).expect("a link can be made");
    let told = refused(folder.path(), "");
    assert!(told.contains("error[B0321]"), "{told}");
    std::fs::remove_file(&file).expect("it is there");
    symlink("/dev/zero", &file).expect("a link can be made");
    let told = refused(folder.path(), "");
    assert!(told.contains("it is not a regular file"), "{told}");
    let config = folder.path().join("bindery.toml");
    for make in [|path: &Path| pipe(path), |path: &Path| symlink(path, path)] {
        make(&config).expect("it can be made");
        let told = refused(folder.path(), &format!("cd {};", folder.path().display()));
        assert!(told.contains("error[B0318]"), "{told}");
        std::fs::remove_file(&config).expect("it is there");
    }
}
