//! The clients of one database.

use bindery_testkit::Server;

use crate::clients::Bindery;
use crate::measure::{FIRST_NEW, Times};
use crate::{Arguments, Case, Failure, Person, Variant, measure, report};

/// All clients of one database, the one that others are compared with first.
pub struct Suite {
    title: String,
    variants: Vec<Box<dyn Variant>>,
    /// They use one table, which one of them fills for all.
    is_shared: bool,
    /// Gone when the clients are.
    _server: Option<Server>,
}

/// Where a server is, in the forms that libraries take.
#[derive(Debug, Clone)]
pub struct DatabaseAddress {
    /// As a URL.
    pub url: String,
    /// The folder of its socket file, or the file.
    pub socket: String,
    /// The TCP port, which is in the name of PostgreSQL's socket file.
    pub port: u16,
    /// The administrator's account.
    pub user: String,
    /// The database.
    pub database: String,
}

/// bindery alone, on a database or server of its own.
///
/// # Errors
/// There is no such database, or it is not installed or does not start.
pub fn own(database: &str) -> Result<Suite, Failure> {
    let alone =
        |variant: Box<dyn Variant>, server| Suite::of(database.to_owned(), vec![variant], server);
    match database {
        "sqlite" => Ok(alone(Box::new(Bindery::sqlite()?), None)),
        "postgres" => {
            let (server, place) = postgres_server()?;
            let client = Bindery::postgres(&place)?.with_tables()?;
            Ok(alone(Box::new(client), Some(server)))
        }
        "mysql" => {
            let (server, place) = mysql_server()?;
            let client = Bindery::mysql(&place)?.with_tables()?;
            Ok(alone(Box::new(client), Some(server)))
        }
        _ => Err(format!("`{database}` is none of sqlite, postgres and mysql").into()),
    }
}

/// A private PostgreSQL server, reached over its socket file.
pub(crate) fn postgres_server() -> Result<(Server, DatabaseAddress), Failure> {
    let server = Server::postgres().setting("autovacuum", "off").start()?;
    let place = DatabaseAddress::of(&server, server.socket_dir().display().to_string());
    Ok((server, place))
}

/// A private MariaDB or MySQL server, reached over its socket file.
pub(crate) fn mysql_server() -> Result<(Server, DatabaseAddress), Failure> {
    let server = Server::mysql().start()?;
    let socket = server.socket_dir().join("mysql.sock");
    let database = server.database("people")?;
    let mut place = DatabaseAddress::of(&server, socket.display().to_string());
    place.database = "people".to_owned();
    place.url = database;
    Ok((server, place))
}

impl DatabaseAddress {
    fn of(server: &Server, socket: String) -> Self {
        Self {
            url: server.url(),
            socket,
            port: server.port(),
            user: "bindery".to_owned(),
            database: "postgres".to_owned(),
        }
    }

    /// The user's password.
    pub fn password(&self) -> &str {
        let login = self.url.split('@').next().unwrap_or_default();
        login.rsplit(':').next().unwrap_or_default()
    }
}

impl Suite {
    /// Clients with a database each, or those of one server, which share its tables.
    pub(crate) fn of(
        title: String,
        variants: Vec<Box<dyn Variant>>,
        server: Option<Server>,
    ) -> Self {
        Self {
            title,
            variants,
            is_shared: server.is_some(),
            _server: server,
        }
    }

    /// The database's name.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// One more client; if the suite's database is shared, one of the same server.
    pub fn add(&mut self, variant: impl Variant + 'static) {
        self.variants.push(Box::new(variant));
    }

    /// The client alone that others are compared with, on a database of its own.
    #[cfg(feature = "clients")]
    pub(crate) fn by_hand(mut self) -> Self {
        self.variants.truncate(1);
        self
    }

    /// Does every client have this case?
    pub(crate) fn has(&self, case: Case) -> bool {
        self.variants.iter().all(|variant| variant.has(case))
    }

    /// The head of its table.
    pub fn heading(&self) -> String {
        let names: Vec<&str> = self.variants.iter().map(|variant| variant.name()).collect();
        report::heading(&self.title, &names)
    }

    /// One line of its table.
    ///
    /// # Errors
    /// A database fails, or two clients give different rows.
    pub fn line(&mut self, case: Case, arguments: &Arguments) -> Result<String, Failure> {
        self.check(case)?;
        self.fill(case)?;
        let mut having: Vec<&mut Box<dyn Variant>> = self
            .variants
            .iter_mut()
            .filter(|variant| variant.has(case))
            .collect();
        let mut times = measure::rounds(&mut having, case, arguments)?.into_iter();
        let variants = self.variants.iter();
        let measured: Vec<Times> = variants
            .map(|variant| match variant.has(case) {
                true => times.next().unwrap_or_default(),
                false => Times::new(),
            })
            .collect();
        Ok(report::line(&case.to_string(), &measured))
    }

    /// Runs a case of each client once, and then a number of times.
    pub(crate) fn run(&mut self, case: Case, times: u32) -> Result<(), Failure> {
        self.fill(case)?;
        for variant in &mut self.variants {
            variant.time(case, FIRST_NEW, 1)?;
            variant.time(case, FIRST_NEW + 10_000, times)?;
        }
        Ok(())
    }

    /// Do all clients give the same rows?
    fn check(&mut self, case: Case) -> Result<(), Failure> {
        let mut expected: Option<Vec<Person>> = None;
        for at in 0..self.variants.len() {
            if !self.variants[at].has(case) {
                continue;
            }
            self.fill(case)?;
            let variant = &mut self.variants[at];
            let rows = variant.rows(case, 1)?;
            let expected = expected.get_or_insert_with(|| rows.clone());
            if rows.is_empty() || rows != *expected {
                let name = variant.name();
                return Err(format!("{}, {case}: `{name}` gives other rows", self.title).into());
            }
        }
        Ok(())
    }

    /// The rows that the case needs, and no others.
    fn fill(&mut self, case: Case) -> Result<(), Failure> {
        let count = if self.is_shared {
            1
        } else {
            self.variants.len()
        };
        for variant in &mut self.variants[..count] {
            variant.fill(Person::from(1, case.rows()))?;
        }
        Ok(())
    }
}
