//! An interface over models of three engines: order, names, and what an engine that is down means.

use std::time::Duration;

use bindery::rows::Found;
use bindery::{Config, EngineOptions, ErrorKind, Result};
use bindery_testkit::{FreshDatabase, Server, Shutdown, Watchdog};

use crate::contacts::{
    Contact, ContactRow, Databases, LegacyUserQueries as _, NewLegacyUser, NewMember, NewUser,
};

fn databases(default: &FreshDatabase, legacy: &FreshDatabase, archive: &str) -> Databases {
    let soon = |url: String| EngineOptions::url(url).connect_timeout(Duration::from_secs(2));
    let config = Config::new()
        .engine("default", soon(default.url()))
        .engine("legacy", soon(legacy.url()))
        .engine("archive", archive);
    Databases::with_config(&config).expect("it is configured")
}

/// In modern and legacy: `both@`; in one of them each: `modern@`, `legacy@`; in the archive: `archived@`, twice `twin@`.
fn filled(db: &Databases) -> Result<()> {
    db.create_missing()?;
    for (email, name) in [("modern@x.org", "Modern"), ("both@x.org", "Modern both")] {
        db.users().insert(NewUser::new(email).name(name))?;
    }
    for (number, email, name) in [
        (7, "legacy@x.org", "Legacy"),
        (8, "both@x.org", "Legacy both"),
    ] {
        db.old_users()
            .insert(NewLegacyUser::new(number, email).full_name(name))?;
    }
    for (id, mail) in [
        (21, "archived@x.org"),
        (22, "twin@x.org"),
        (23, "twin@x.org"),
    ] {
        db.members().insert(NewMember::new(id, mail))?;
    }
    Ok(())
}

/// The engine it was found on, its name, and the engines that could not be reached.
fn shown(found: &Found<ContactRow>) -> (&'static str, Option<&str>, Vec<&'static str>) {
    (found.engine(), found.name(), found.unreachable().to_vec())
}

/// Works with the interface alone: no name of a table or column of one engine.
fn greeting(contact: &impl Contact) -> String {
    format!("{} <{}>", contact.name().unwrap_or("-"), contact.email())
}

#[test]
fn xrel_02_one_interface_finds_rows_of_three_engines_in_their_order() {
    let _watchdog = Watchdog::start("an interface", Duration::from_secs(300));
    let (Some(postgres), Some(mysql)) = (
        Server::postgres().start_or_skip(),
        Server::mysql().start_or_skip(),
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let archive = format!("sqlite://{}", folder.path().join("archive.db").display());
    let fresh = |server: &Server| server.fresh_database().expect("a database");
    let (default, legacy) = (fresh(&postgres), fresh(&mysql));
    let db = databases(&default, &legacy, &archive);
    filled(&db).expect("rows of all engines");
    found_in_order(&db).expect("all engines are there");
    the_first_is_down(&db, postgres);
    drop(mysql);
    all_but_the_last_are_down(&db);
}

fn found_in_order(db: &Databases) -> Result<()> {
    let contact = db.contact();
    for (email, engine, name) in [
        ("modern@x.org", "default", Some("Modern")),
        ("legacy@x.org", "legacy", Some("Legacy")),
        ("both@x.org", "default", Some("Modern both")),
        ("archived@x.org", "archive", None),
    ] {
        let found = contact.find_by_email(email)?.expect("it is on one of them");
        assert_eq!(shown(&found), (engine, name, Vec::new()), "{email}");
        assert_eq!(found.email(), email);
    }
    assert!(contact.find_by_email("none@x.org")?.is_none());

    let all = contact.find_all_by_email("both@x.org")?;
    let engines: Vec<_> = all.iter().map(Found::engine).collect();
    assert_eq!(engines, ["default", "legacy"]);
    assert_eq!(greeting(&*all[1]), "Legacy both <both@x.org>");

    let by_number = contact.find_by_number(7)?.expect("a key is a field, too");
    assert_eq!((by_number.number(), by_number.engine()), (7, "legacy"));
    let ContactRow::LegacyUser(row) = by_number.into_row() else {
        panic!("it is the model of its engine");
    };
    assert_eq!(
        (row.email_address.as_str(), greeting(&row).as_str()),
        ("legacy@x.org", "Legacy <legacy@x.org>")
    );
    assert_eq!(
        contact.find_by_name("Legacy")?.map(|it| it.engine()),
        Some("legacy")
    );

    let two = contact.find_by_email("twin@x.org").unwrap_err();
    assert_eq!(
        (two.kind(), two.engine()),
        (&ErrorKind::SeveralRows, Some("archive"))
    );
    assert_eq!(contact.find_all_by_email("twin@x.org")?.len(), 2);
    Ok(())
}

/// An engine that is down is an error and not an absence; a caller that opts in gets what the others have, and is shown that.
fn the_first_is_down(db: &Databases, mut postgres: Server) {
    postgres.go_down(Shutdown::Crash);
    let error = db.contact().find_by_email("legacy@x.org").unwrap_err();
    assert_eq!(error.engine(), Some("default"), "{error}");
    let error = db.contact().find_all_by_email("legacy@x.org").unwrap_err();
    assert_eq!(error.engine(), Some("default"), "{error}");

    let tolerant = db.contact().tolerate_outages();
    for email in ["legacy@x.org", "both@x.org"] {
        let found = tolerant
            .find_by_email(email)
            .unwrap()
            .expect("legacy has it");
        assert_eq!(
            (found.engine(), found.unreachable()),
            ("legacy", &["default"][..]),
            "{email}"
        );
    }
    // It is not known whether there is one.
    for email in ["modern@x.org", "none@x.org"] {
        let error = tolerant.find_by_email(email).unwrap_err();
        assert_eq!(error.engine(), Some("default"), "{email}: {error}");
        assert!(tolerant.find_all_by_email(email).is_err());
    }
    let all = tolerant.find_all_by_email("both@x.org").unwrap();
    assert_eq!(
        all.iter().map(shown).collect::<Vec<_>>(),
        [("legacy", Some("Legacy both"), vec!["default"])]
    );
    assert!(db.old_users().find_by_email_address("legacy@x.org").is_ok());
}

fn all_but_the_last_are_down(db: &Databases) {
    let tolerant = db.contact().tolerate_outages();
    let found = tolerant
        .find_by_email("archived@x.org")
        .unwrap()
        .expect("a file is there");
    assert_eq!(shown(&found), ("archive", None, vec!["default", "legacy"]));
    let error = tolerant.find_by_email("legacy@x.org").unwrap_err();
    assert_eq!(
        error.engine(),
        Some("default"),
        "the first that is down: {error}"
    );
}
