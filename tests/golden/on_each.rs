//! The same on an empty database of each kind that is there, with a case whose engines are those of [`Bench`](crate::bench::Bench).

/// Runs a macro with `(db, engine, method, given)` for each database; the method is the one of `Databases` that connects to it.
macro_rules! each_database {
    ($case:ident, [$($work:tt)+], $given:expr) => {{
        let bench = $crate::bench::Bench::new();
        let db = $crate::$case::Databases::with_config(&bench.config())?;
        $($work)+!(db, $crate::$case::engine::Lite, lite, $given);
        if bench.postgres.is_some() {
            $($work)+!(db, $crate::$case::engine::P, p, $given);
        }
        if bench.mariadb.is_some() {
            $($work)+!(db, $crate::$case::engine::Default, default, $given);
        }
        if bench.mysql.is_some() {
            $($work)+!(db, $crate::$case::engine::Proper, proper, $given);
        }
        Ok::<(), bindery::Error>(())
    }};
}

/// Runs a function on a connection of each.
macro_rules! on_each {
    ($case:ident, $show:expr) => {
        $crate::on_each::each_database!($case, [$crate::on_each::connected], $show)
    };
}

/// Runs a function on a connection of each, and again on one of the same engine that was chosen by its name.
macro_rules! on_each_and_chosen {
    ($case:ident, $show:expr) => {
        $crate::on_each::each_database!($case, [$crate::on_each::connected_and_chosen], $show)
    };
}

macro_rules! connected {
    ($db:ident, $engine:path, $connect:ident, $show:expr) => {
        $db.create_missing_on($engine)?;
        $show(&mut $db.$connect()?)
            .inspect_err(|_| eprintln!("on {}", bindery::Engine::name($engine)))?;
    };
}

macro_rules! connected_and_chosen {
    ($db:ident, $engine:path, $connect:ident, $show:expr) => {
        $crate::on_each::connected!($db, $engine, $connect, $show);
        let name = bindery::Engine::name($engine);
        $show(&mut $db.on(name.parse()?)?).inspect_err(|_| eprintln!("chosen: {name}"))?;
    };
}

pub(crate) use {connected, connected_and_chosen, each_database, on_each, on_each_and_chosen};
