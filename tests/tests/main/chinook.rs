//! A real schema from end to end: Chinook as its authors ship it for each database, its tables created by bindery on
//! all three, its rows copied by the generated repositories and read back equal.

// Without the corpus there is nothing to compile, and the build script says so.
#[cfg(corpus)]
mod with_corpus {
    use std::path::Path;

    use bindery::Config;
    use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

    /// All rows of all tables, as Chinook has them.
    const ALL_ROWS: u64 = 15_607;

    fn script(dialect: &str) -> String {
        let path = Path::new(env!("CHINOOK_FOLDER"))
            .join(dialect)
            .join("chinook.sql");
        std::fs::read_to_string(path).expect("the corpus holds the script")
    }

    /// The four databases of one run: the original, and an empty one of each kind.
    struct Bench {
        _folder: tempfile::TempDir,
        _servers: [FreshDatabase; 2],
        config: Config,
    }

    /// `None` where a server is missing; the test kit has said so.
    fn bench(original: &str) -> Option<Bench> {
        let (postgres, mysql) = (fresh_postgres()?, fresh_mysql()?);
        let folder = tempfile::tempdir().expect("a temporary directory");
        let config = Config::new()
            .engine("original", original)
            .engine(
                "copy_sqlite",
                format!("sqlite://{}", folder.path().join("copy.db").display()),
            )
            .engine("copy_postgres", postgres.url())
            .engine("copy_mysql", mysql.url());
        Some(Bench {
            _folder: folder,
            _servers: [postgres, mysql],
            config,
        })
    }

    /// Rows in an order of their own, for comparing what two databases gave in different orders.
    fn sorted<T: std::fmt::Debug>(rows: &[T]) -> Vec<String> {
        let mut texts: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        texts.sort();
        texts
    }

    /// One module for each dialect's file, with a function that carries every table from `original` to every copy.
    macro_rules! chinook {
        ($module:ident) => {
            mod $module {
                use super::{ALL_ROWS, Bench, sorted};

                include!(concat!(
                    env!("OUT_DIR"),
                    "/",
                    stringify!($module),
                    "/bindery.rs"
                ));

                /// Carries one table over and says how many rows it has.
                macro_rules! carry {
                    ($from:ident, $to:ident, $engine:ty, $table:ident, $new:ident) => {{
                        let rows: Vec<_> = $from
                            .$table()
                            .all()?
                            .into_iter()
                            .map(|row| row.to_engine::<$engine>())
                            .collect();
                        assert_eq!(
                            $to.$table()
                                .insert_many(rows.iter().cloned().map($new::from))?,
                            rows.len() as u64
                        );
                        assert_eq!(
                            sorted(&$to.$table().all()?),
                            sorted(&rows),
                            stringify!($table)
                        );
                        rows.len() as u64
                    }};
                }

                /// Carries everything to one copy.
                macro_rules! carry_all {
                    ($from:ident, $to:ident, $engine:ty) => {
                        carry!($from, $to, $engine, artist, NewArtist)
                            + carry!($from, $to, $engine, genre, NewGenre)
                            + carry!($from, $to, $engine, media_type, NewMediaType)
                            + carry!($from, $to, $engine, playlist, NewPlaylist)
                            + carry!($from, $to, $engine, album, NewAlbum)
                            + carry!($from, $to, $engine, employee, NewEmployee)
                            + carry!($from, $to, $engine, customer, NewCustomer)
                            + carry!($from, $to, $engine, track, NewTrack)
                            + carry!($from, $to, $engine, invoice, NewInvoice)
                            + carry!($from, $to, $engine, invoice_line, NewInvoiceLine)
                            + carry!($from, $to, $engine, playlist_track, NewPlaylistTrack)
                    };
                }

                pub(super) fn carry_everything(bench: &Bench) -> bindery::Result<()> {
                    let db = Databases::with_config(&bench.config)?;
                    assert_eq!(
                        db.create_missing()?.created.len(),
                        33,
                        "eleven tables on each copy"
                    );
                    let mut original = db.original()?;
                    let (mut sqlite, mut postgres, mut mysql) =
                        (db.copy_sqlite()?, db.copy_postgres()?, db.copy_mysql()?);
                    assert_eq!(carry_all!(original, sqlite, engine::CopySqlite), ALL_ROWS);
                    assert_eq!(
                        carry_all!(original, postgres, engine::CopyPostgres),
                        ALL_ROWS
                    );
                    assert_eq!(carry_all!(original, mysql, engine::CopyMysql), ALL_ROWS);
                    Ok(())
                }
            }
        };
    }

    chinook!(sqlite);
    chinook!(postgres);
    chinook!(mysql);

    #[test]
    fn chinook_for_sqlite_goes_to_all_databases() -> bindery::Result<()> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("original.db");
        let database = rusqlite::Connection::open(&file).expect("a new file");
        database
            .execute_batch(&script("sqlite"))
            .expect("the script loads");
        drop(database);
        let Some(bench) = bench(&format!("sqlite://{}", file.display())) else {
            return Ok(());
        };
        sqlite::carry_everything(&bench)
    }

    /// The script makes a database of its own on the server, `chinook`.
    #[test]
    fn chinook_for_postgres_goes_to_all_databases() -> bindery::Result<()> {
        let Some(scratch) = fresh_postgres() else {
            return Ok(());
        };
        scratch
            .run_script(&script("postgres"))
            .expect("the script loads");
        let Some(bench) = bench(&scratch.url().replace(scratch.name(), "chinook")) else {
            return Ok(());
        };
        postgres::carry_everything(&bench)
    }

    /// The script makes a database of its own on the server, `Chinook`.
    #[test]
    fn chinook_for_mysql_goes_to_all_databases() -> bindery::Result<()> {
        let Some(scratch) = fresh_mysql() else {
            return Ok(());
        };
        scratch
            .run_script(&script("mysql"))
            .expect("the script loads");
        let Some(bench) = bench(&scratch.url().replace(scratch.name(), "Chinook")) else {
            return Ok(());
        };
        mysql::carry_everything(&bench)
    }
}
