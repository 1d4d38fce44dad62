//! Types of `[types]` and derived values at work, on all three databases.

use bindery::types::{IpNet, Uuid};
use bindery::{Config, Connection, ErrorKind, Hosts, StaticEngine};
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use crate::{Email, Level, Odd, State};

/// The engines that are there; those without a server are left out, and the test kit says so.
struct Bench {
    config: Config,
    mysql: Option<FreshDatabase>,
    postgres: Option<FreshDatabase>,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let (mysql, postgres) = (fresh_mysql(), fresh_postgres());
        let url = |database: &Option<FreshDatabase>, absent: &str| {
            let url = database.as_ref().map(FreshDatabase::url);
            url.map_or(absent.to_owned(), |url| url.to_string())
        };
        let file = folder.path().join("default.db");
        let config = Config::new()
            .engine("default", format!("sqlite://{}", file.display()))
            .engine("m", url(&mysql, "mysql://nobody@localhost/nothing"));
        Self {
            config,
            mysql,
            postgres,
            _folder: folder,
        }
    }

    /// For a program that has a PostgreSQL engine too.
    fn with_postgres(&self) -> Config {
        let url = self.postgres.as_ref().map(FreshDatabase::url);
        let url = url.map_or("postgres://nobody@localhost/nothing".to_owned(), |url| {
            url.to_string()
        });
        self.config.clone().engine("p", url)
    }
}

fn net(text: &str) -> IpNet {
    text.parse().expect("an address")
}

mod own {
    use super::*;
    use crate::types::{homes::HomeQueries, hosts::HostQueries, *};

    fn host<E: StaticEngine>(weight: &str) -> NewHost<E> {
        let mail = Email("ann@example.org".to_owned());
        NewHost::new(
            net("10.1.2.3"),
            mail,
            "'tea':2",
            weight.parse().expect("a decimal"),
        )
    }

    fn addresses<E: StaticEngine + Hosts<model::Host>>(
        c: &mut Connection<E>,
    ) -> bindery::Result<()> {
        let first = host("12.5").net(net("10.0.0.0/8"));
        let first = c.hosts().insert(first)?;
        assert_eq!(
            (first.id.value(), first.net),
            (&net("10.1.2.3"), Some(net("10.0.0.0/8")))
        );
        let mail = Email("ann@example.org".to_owned());
        assert_eq!(
            c.hosts().find_by_owner(&mail)?.map(|host| host.id),
            Some(first.id)
        );
        let second = NewHost {
            via: Some(Some(first.id)),
            owner: Email("bob@example.org".to_owned()),
            ..host("0")
        };
        let second = c.hosts().insert(NewHost {
            id: net("fe80::1/64"),
            ..second
        })?;
        assert_eq!(
            (second.via, second.id.value().prefix()),
            (Some(first.id), 64)
        );
        assert_eq!(c.hosts().find(first.id)?, Some(first));
        Ok(())
    }

    fn keeping() -> bindery::SessionOptions {
        bindery::SessionOptions::new().identity_cache(10)
    }

    /// A row of a session's identity cache has the values that were read.
    fn kept<E: StaticEngine + Hosts<model::Host>>(c: &mut Connection<E>) -> bindery::Result<()> {
        for host in c.hosts().all()? {
            assert_eq!(c.hosts().get(host.id)?, host);
            assert_eq!(c.hosts().get(host.id)?, host, "again");
        }
        Ok(())
    }

    #[test]
    fn addresses_and_texts_of_a_type_of_ones_own() -> bindery::Result<()> {
        let bench = Bench::new();
        let db = Databases::with_config(&bench.with_postgres())?;
        db.create_missing_on(engine::Default)?;
        addresses(&mut db.default()?)?;
        kept(db.begin_session_with(keeping())?.default()?)?;
        if bench.postgres.is_some() {
            db.create_missing_on(engine::P)?;
            addresses(&mut db.p()?)?;
            kept(db.begin_session_with(keeping())?.p()?)?;
        }
        Ok(())
    }

    /// More digits than SQLite keeps in such a column are refused before anything is sent.
    #[test]
    fn numbers_that_would_become_floats_are_refused() -> bindery::Result<()> {
        let bench = Bench::new();
        let db = Databases::with_config(&bench.with_postgres())?;
        db.create_missing_on(engine::Default)?;
        let error = db
            .default()?
            .hosts()
            .insert(host("1234567890123.456"))
            .expect_err("16 digits");
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
            "{error}"
        );
        Ok(())
    }

    fn enums<E: StaticEngine + Hosts<model::Parcel>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let parcel = NewParcel::new(Level::High).before(State::Closed);
        let parcel = c.parcels().insert(parcel)?;
        let read = (parcel.state, parcel.level, parcel.before);
        assert_eq!(read, (State::Open, Level::High, Some(State::Closed)));
        let changes = ParcelPatch {
            state: Some(State::InTransit),
            level: Some(Level::Low),
            ..ParcelPatch::default()
        };
        assert!(c.parcels().update(parcel.id, changes)?);
        let parcel = c.parcels().get(parcel.id)?;
        assert_eq!((parcel.state, parcel.level), (State::InTransit, Level::Low));
        unknown_values(c);
        Ok(())
    }

    /// A stored value that no variant stands for is reported with its place, and never shown.
    fn unknown_values<E: StaticEngine + Hosts<model::Parcel>>(c: &mut Connection<E>) {
        let text = NewParcel::new(Level::Low).odd(Odd(State::Open));
        let number = NewParcel::new(Level::Low).number(Odd(Level::Low));
        for (new, column) in [(text, "odd"), (number, "number")] {
            let error = c.parcels().insert(new).expect_err("no such value");
            let told = error.to_string();
            assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{told}");
            for word in [E::default().name(), "Parcel", column] {
                assert!(told.contains(word), "{told}: {word}");
            }
            assert!(!told.contains("secret") && !told.contains("4711"), "{told}");
        }
    }

    #[test]
    fn enums_as_texts_and_numbers() -> bindery::Result<()> {
        let bench = Bench::new();
        let db = Databases::with_config(&bench.with_postgres())?;
        db.create_missing_on(engine::Default)?;
        enums(&mut db.default()?)?;
        if bench.postgres.is_some() {
            db.create_missing_on(engine::P)?;
            enums(&mut db.p()?)?;
        }
        if bench.mysql.is_some() {
            db.create_missing_on(engine::M)?;
            enums(&mut db.m()?)?;
        }
        Ok(())
    }

    /// Composite types and ranges of the schema's own go there and back as the database spells them.
    #[test]
    fn composites_and_ranges_as_their_text() -> bindery::Result<()> {
        let bench = Bench::new();
        if bench.postgres.is_none() {
            return Ok(());
        }
        let db = Databases::with_config(&bench.with_postgres())?;
        db.create_missing_on(engine::P)?;
        let mut c = db.p()?;
        let plain = c.homes().insert(NewHome::new(home::Required {
            at: "(Elm,1)".into(),
            warm: "[1.5,2.5)".into(),
        }))?;
        assert_eq!((plain.past, plain.cold), (None, None));
        let odd = r#"("a \"quoted\", \\ 漢",)"#;
        let new = NewHome::new(home::Required {
            at: odd.into(),
            warm: "(,)".into(),
        })
        .past(r#"{"(,)","(x,2)"}"#);
        let home = c.homes().insert(new.cold("empty"))?;
        let spelled = r#"("a ""quoted"", \\ 漢",)"#;
        assert_eq!((home.at.as_str(), home.warm.as_str()), (spelled, "(,)"));
        assert_eq!(home.past.as_deref(), Some(r#"{"(,)","(x,2)"}"#));
        assert_eq!(c.homes().find_by_cold("empty")?.as_ref(), Some(&home));
        let changes = HomePatch {
            at: Some("(Oak,3)".to_owned()),
            warm: Some("(1,2]".to_owned()),
            ..HomePatch::default()
        };
        assert!(c.homes().update(plain.id, changes)?);
        let changed = c.homes().get(plain.id)?;
        assert_eq!(
            (changed.at.as_str(), changed.warm.as_str()),
            ("(Oak,3)", "(1,2]")
        );
        let refused = c.homes().insert(NewHome::new(home::Required {
            at: "(Elm,one)".into(),
            warm: "[1,2]".into(),
        }));
        assert!(refused.is_err(), "`one` is no number");
        Ok(())
    }
}

mod uuids {
    use super::*;
    use crate::uuids::{accounts::AccountQueries, *};

    fn kept<E>(c: &mut Connection<E>) -> bindery::Result<()>
    where
        E: StaticEngine + Hosts<model::Account> + Hosts<model::Order>,
    {
        let [id, public, token] = [1, 2, 3].map(Uuid::from_u128);
        let new = NewAccount::new(account::Required { id, public }).token(token);
        let account = c.accounts().insert(new)?;
        assert_eq!(
            (*account.id.value(), account.public, account.token),
            (id, public, Some(token))
        );
        let found = c.accounts().find_by_token(token)?;
        assert_eq!(found.map(|one| one.id), Some(account.id));
        let found = c.accounts().find_by_public(public)?;
        assert_eq!(found.map(|one| one.id), Some(account.id));
        assert!(c.accounts().find(account.id)?.is_some());
        let order = c.orders().insert(NewOrder::new(account.id, 1))?;
        let key = OrderId {
            account: order.account,
            line: order.line,
        };
        assert!(c.orders().find(key)?.is_some());
        let refused = c.accounts().delete(account.id);
        assert!(refused.is_err(), "an order refers to it");
        Ok(())
    }

    #[test]
    fn uuids_are_kept_as_the_columns_have_them() -> bindery::Result<()> {
        let bench = Bench::new();
        let db = Databases::with_config(&bench.config)?;
        db.create_missing_on(engine::Default)?;
        kept(&mut db.default()?)?;
        if bench.mysql.is_some() {
            db.create_missing_on(engine::M)?;
            kept(&mut db.m()?)?;
        }
        Ok(())
    }
}

mod flavours {
    use bindery_testkit::{Product, mysql_flavour};

    use super::*;
    use crate::flavours::{visits::VisitQueries, *};

    fn kept<E: StaticEngine + Hosts<model::Visit>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let first = c.visits().insert(NewVisit::new(Uuid::from_u128(1)))?;
        assert_eq!(first.client, std::net::Ipv6Addr::LOCALHOST);
        assert_eq!(
            (first.note.as_str(), first.label.as_str()),
            ("none", "visit 1")
        );
        assert_eq!(first.made.len(), 36);
        assert_eq!(first.day, first.seen.date());
        let door = std::net::Ipv4Addr::new(10, 0, 0, 1);
        let second = NewVisit::new(Uuid::from_u128(2));
        let second = c.visits().insert(second.before(first.id).door(door))?;
        assert_ne!(first.token, second.token);
        assert_eq!(c.visits().find(first.id)?, Some(first));
        assert_eq!(c.visits().find_by_door(door)?, Some(second));
        Ok(())
    }

    /// A schema of MariaDB on an engine that may be either product, and on one of the product that is there.
    #[test]
    fn types_of_one_product_are_held_by_the_other() -> bindery::Result<()> {
        let databases = [fresh_mysql(), fresh_mysql()];
        let [Some(either), Some(said)] = &databases else {
            return Ok(());
        };
        let config = ["default", "maria", "proper"]
            .iter()
            .fold(Config::new(), |config, name| {
                let database = if *name == "default" { either } else { said };
                config.engine(*name, database.url().to_string())
            });
        let db = Databases::with_config(&config)?;
        db.create_missing_on(engine::Default)?;
        kept(&mut db.default()?)?;
        match mysql_flavour() {
            Product::MySql => {
                db.create_missing_on(engine::Proper)?;
                kept(&mut db.proper()?)
            }
            Product::MariaDb | Product::Postgres => {
                db.create_missing_on(engine::Maria)?;
                kept(&mut db.maria()?)
            }
        }
    }
}
