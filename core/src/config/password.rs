//! Passwords that are not in the configuration: in a file, or printed by a program. Read when an engine is opened, by the
//! running program only. No message holds what was read.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use super::Secret;

/// A password has some dozen bytes, a token some thousand.
const LONGEST: u64 = 64 * 1024;
/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The text of a file that only its owner can read, without the end of its line.
///
/// # Errors
/// One sentence of why not, without a path.
pub(super) fn from_file(path: &Path) -> Result<Secret, String> {
    // Opening a pipe would wait for a process that writes to it.
    if path.metadata().is_ok_and(|kind| !kind.is_file()) {
        return Err("is not a file".to_owned());
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    refuse_others(&metadata)?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    password(bytes)
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {}", error.kind())
}

/// As PostgreSQL's own programs have it: only the owner may read it; a file of root's its group may read too.
#[cfg(unix)]
fn refuse_others(metadata: &std::fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.mode() & forbidden == 0 {
        Ok(())
    } else {
        Err("can be read by others: `chmod 600` it".to_owned())
    }
}

#[cfg(not(unix))]
fn refuse_others(_: &std::fs::Metadata) -> Result<(), String> {
    Ok(())
}

/// Returns what a program prints, without the end of the line. It gets no input, and its error output is dropped, as it
/// may hold secrets.
///
/// # Errors
/// One sentence of why not.
pub(super) fn from_command(words: &[String], folder: &Path) -> Result<Secret, String> {
    run_command(words, folder, LIMIT)
}

fn run_command(words: &[String], folder: &Path, limit: Duration) -> Result<Secret, String> {
    let (program, arguments) = words.split_first().ok_or("names no program")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    let child = command
        .spawn()
        .map_err(|error| format!("cannot be started: {}", error.kind()))?;
    printed(child, Instant::now() + limit)
}

/// Waits for a program's output and its end; one that takes too long is ended.
fn printed(mut child: Child, end: Instant) -> Result<Secret, String> {
    let output = child.stdout.take();
    let (sender, receiver) = sync_channel(1);
    // Ends with the program's output; it is not waited for where that takes too long.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.map(|output| output.take(LONGEST + 1).read_to_end(&mut bytes));
        drop(sender.send(read.transpose().map(|_| bytes)));
    });
    let left = end.saturating_duration_since(Instant::now());
    let Ok(Ok(bytes)) = receiver.recv_timeout(left) else {
        return Err(give_up(child));
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return password(bytes),
            Ok(Some(_)) | Err(_) => return Err("failed".to_owned()),
            Ok(None) if Instant::now() >= end => return Err(give_up(child)),
            Ok(None) => thread::sleep(Duration::from_millis(2)),
        }
    }
}

fn give_up(mut child: Child) -> String {
    // It may have ended meanwhile, which is as well.
    drop(child.kill());
    drop(child.wait());
    "took too long".to_owned()
}

fn password(bytes: Vec<u8>) -> Result<Secret, String> {
    let text = String::from_utf8(bytes).map_err(|_| "holds no UTF-8 text")?;
    let text = Secret::new(text);
    let line = text.expose().strip_suffix('\n').unwrap_or(text.expose());
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.len() as u64 > LONGEST || line.contains(['\0', '\n', '\r']) {
        return Err("does not hold one line with a password".to_owned());
    }
    Ok(Secret::new(line))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;

    fn file(folder: &TempDir, name: &str, content: &[u8], mode: u32) -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("a folder for tests");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a file of ours");
        path
    }

    /// Secrets come from a file that only its owner can read.
    /// Covers CFG-1.
    #[test]
    fn files_are_read_where_nobody_else_can() {
        type Case<'a> = (&'a str, &'a [u8], u32, Result<&'a str, &'a str>);
        let cases: [Case<'_>; 9] = [
            ("plain", b"p@ss:w/rd%\n", 0o600, Ok("p@ss:w/rd%")),
            ("windows", b"secret\r\n", 0o400, Ok("secret")),
            (
                "spaces",
                b" a b \xF0\x9F\x94\x91",
                0o600,
                Ok(" a b \u{1F511}"),
            ),
            ("world", b"secret", 0o604, Err("`chmod 600` it")),
            ("written", b"secret", 0o620, Err("`chmod 600` it")),
            ("empty", b"\n", 0o600, Err("one line")),
            ("lines", b"a\nb\n", 0o600, Err("one line")),
            ("bytes", b"\xFF", 0o600, Err("UTF-8")),
            ("nul", b"a\0b", 0o600, Err("one line")),
        ];
        let folder = TempDir::new().expect("a folder for tests");
        for (name, content, mode, expected) in cases {
            let found = from_file(&file(&folder, name, content, mode));
            match (&found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found.expose(), expected, "{name}"),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{name}: {found}"),
                (Ok(_), Err(_)) | (Err(_), Ok(_)) => panic!("{name}: {found:?}"),
            }
        }
        let long = file(&folder, "long", &vec![b'a'; 70_000], 0o600);
        assert!(from_file(&long).is_err());
        assert!(from_file(Path::new("/")).is_err_and(|why| why == "is not a file"));
        assert!(
            from_file(Path::new("/no/such")).is_err_and(|why| why.starts_with("cannot be read"))
        );
    }

    /// Secrets come from a command, which may fail and hang.
    /// Covers CFG-1.
    #[test]
    fn programs_print_passwords() {
        let run = |script: &str| {
            let words = ["sh", "-c", script].map(str::to_owned);
            run_command(&words, Path::new(""), Duration::from_secs(20))
        };
        assert!(run("echo 'p@ss  w'").is_ok_and(|found| found.expose() == "p@ss  w"));
        assert!(run("echo hunter2; exit 1").is_err_and(|why| why == "failed"));
        assert!(run("printf 'a\\nb'").is_err());
        assert!(run("yes").is_err());
        assert!(run("true").is_err());
        let none = ["/no/such/program".to_owned()];
        assert!(from_command(&none, Path::new("")).is_err_and(|why| why.contains("started")));
        let slow = ["sleep", "600"].map(str::to_owned);
        let limit = Duration::from_millis(50);
        assert!(
            super::run_command(&slow, Path::new(""), limit)
                .is_err_and(|why| why == "took too long")
        );
    }
}
