//! The pairs of databases on which a program with the engines `default` and `b` is tried: every product in both places.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::Failure;
use crate::databases::Databases;

/// Databases for one run of a program, empty.
#[derive(Debug)]
pub(crate) struct Pairing {
    pub(crate) title: String,
    pub(crate) default_url: String,
    pub(crate) b_url: String,
}

/// Empty databases for each run of `program`; its SQLite files lie in `folder`.
pub(crate) fn of_engines(
    program: &str,
    databases: &Databases,
    folder: &Path,
) -> Result<Vec<Pairing>, Failure> {
    let Databases { postgres, mysql } = databases;
    let name = database_name(program);
    let mut pairings = vec![sqlite(folder)?];
    for (index, (default, b)) in [(postgres, mysql), (mysql, postgres)]
        .into_iter()
        .enumerate()
    {
        let name = format!("{name}_{index}");
        pairings.push(Pairing {
            title: format!("{} and {}", default.product(), b.product()),
            default_url: default.database(&name)?,
            b_url: b.database(&name)?,
        });
    }
    Ok(pairings)
}

fn sqlite(folder: &Path) -> Result<Pairing, Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(folder)?,
    }
    let url = |name: &str| format!("sqlite://{}", folder.join(name).display());
    Ok(Pairing {
        title: "SQLite and SQLite".to_owned(),
        default_url: url("default.db"),
        b_url: url("b.db"),
    })
}

/// A folder's name as the name of a database.
fn database_name(program: &str) -> String {
    program
        .replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_a_name_for_databases() {
        assert_eq!(database_name("build-script"), "build_script");
    }

    #[test]
    fn sqlite_starts_without_what_an_earlier_run_left() {
        let folder = std::env::temp_dir().join(format!("bindery-pairing-{}", std::process::id()));
        let pairing = sqlite(&folder).expect("the temporary directory is writable");
        assert!(pairing.b_url.ends_with("/b.db"), "{}", pairing.b_url);
        fs::write(folder.join("b.db"), "old").expect("the folder is there");
        sqlite(&folder).expect("the folder is ours");
        assert!(!folder.join("b.db").exists());
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
