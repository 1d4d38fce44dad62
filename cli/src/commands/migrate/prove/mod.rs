//! `bindery migrate check --prove`: the migrations on a scratch database of the engine's product, with rows, there and back and there again.

mod chain;
mod filled;
mod row;
mod rows;
mod scratch;
mod told;
mod values;

use bindery_schema::config::{Address, ConnectionTarget, parse_url};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::{CheckedModel, Engine, EngineId};
use clap::Args;

use self::chain::{Chain, Proof};
use self::scratch::Scratch;
pub(super) use self::told::ProofDocument;
use super::differ::Differ;
use crate::at_once::at_once;
use crate::database::Engines;
use crate::failure::Failure;
use crate::interrupted;
use crate::migrations::files::{self, EngineMigrations};
use crate::options::ProgressOptions;
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{Project, product};

/// The options of the proof.
#[derive(Debug, Args)]
pub(super) struct ProveOptions {
    /// Run the migrations on a scratch database, with rows: up, down and up again
    #[arg(long)]
    pub(super) prove: bool,
    /// Make the scratch database of an engine on this server, not on the engine's own; may be repeated
    #[arg(long, value_name = "NAME=URL", requires = "prove")]
    scratch: Vec<String>,
    #[command(flatten)]
    progress: ProgressOptions,
}

/// The proof of one engine.
pub(super) struct Proved {
    pub(super) engine: String,
    /// A failure where no scratch database was there for it.
    outcome: Result<Proof, Failure>,
}

/// An engine, and the server of its scratch database.
struct Planned<'p> {
    id: EngineId,
    engine: &'p Engine,
    server: ConnectionTarget,
    migrations: EngineMigrations,
}

impl ProveOptions {
    /// Proves the chosen engines, all at the same time.
    pub(super) fn run(
        &self,
        differ: &Differ,
        since: Option<&str>,
        output: &Output,
    ) -> Result<Vec<Proved>, Failure> {
        let planned = self.planned(differ)?;
        let model = differ.model()?;
        interrupted::remove_when_interrupted()?;
        let progress = Progress::new(output, self.progress.quiet);
        let proved = at_once(&planned, |_, one| Proved {
            engine: one.engine.name.clone(),
            outcome: one.prove(model, since, &progress),
        });
        Ok(proved)
    }

    fn planned<'p>(&self, differ: &'p Differ) -> Result<Vec<Planned<'p>>, Failure> {
        let project = &differ.compiled.project;
        let mut given = self.servers(differ)?;
        let mut planned = Vec::new();
        // Differences are looked for in the same files before: what is wrong with them is reported.
        let (mut sources, mut found) = (project.input.sources.clone(), Diagnostics::default());
        for id in &differ.chosen {
            let engine = differ.model()?.engine(*id);
            let at = given.iter().position(|(given, _)| given == id);
            let server = match at {
                Some(at) => given.swap_remove(at).1,
                None => own_server(project, *id, engine)?,
            };
            let read = files::of_engine(project, *id, &mut sources, &mut found);
            planned.extend(read.map(|migrations| Planned {
                id: *id,
                engine,
                server,
                migrations,
            }));
        }
        Ok(planned)
    }

    /// The servers of `--scratch`.
    fn servers(&self, differ: &Differ) -> Result<Vec<(EngineId, ConnectionTarget)>, Failure> {
        let mut servers = Vec::new();
        for given in &self.scratch {
            let (name, server) = server(given)?;
            let mut chosen = differ.chosen.iter();
            let model = differ.model()?;
            let id = chosen.find(|id| model.engine(**id).name == name);
            let Some(id) = id else {
                let message = format!("`--scratch`: `{name}` is none of the engines to be proven");
                return Err(Failure::new(message).help("write `--scratch NAME=URL`"));
            };
            ensure_fits(model.engine(*id), &server)?;
            servers.push((*id, server));
        }
        Ok(servers)
    }
}

/// The URL may hold a password, so no message shows it.
fn server(given: &str) -> Result<(&str, ConnectionTarget), Failure> {
    let Some((name, url)) = given.split_once('=') else {
        let failure = Failure::new("`--scratch` names no engine");
        return Err(failure.help("write `--scratch NAME=URL`"));
    };
    let server = parse_url(url).map_err(|why| {
        Failure::new(why.message)
            .about(&format!("`--scratch {}=…`", name.escape_debug()))
            .help(why.help)
    })?;
    Ok((name, server))
}

fn ensure_fits(engine: &Engine, server: &ConnectionTarget) -> Result<(), Failure> {
    let name = &engine.name;
    match &server.place {
        Address::Server(_) if server.dialect == engine.dialect => Ok(()),
        Address::Server(_) => {
            let message = format!(
                "engine `{name}` is of {}, and the URL of `--scratch` of {}",
                product(engine),
                server.dialect
            );
            Err(Failure::new(message).help("name a server of the engine's product"))
        }
        Address::Sqlite(_) => {
            let message = "`--scratch` names a server: the scratch database of SQLite is a file in a temporary folder";
            Err(Failure::new(message).help("leave it out"))
        }
    }
}

/// The engine's own server, unless it is protected: nothing is made there.
fn own_server(
    project: &Project,
    id: EngineId,
    engine: &Engine,
) -> Result<ConnectionTarget, Failure> {
    let target = project.target(&engine.name)?;
    let is_protected = project.refuse_protected(&[id]).is_err();
    match &target.place {
        Address::Server(_) if is_protected => {
            let name = &engine.name;
            let message =
                format!("engine `{name}` is protected: no scratch database is made on its server");
            Err(Failure::new(message).help(format!(
                "name another server: `--scratch {name}={}://…`",
                engine.dialect
            )))
        }
        Address::Server(_) | Address::Sqlite(_) => Ok(target),
    }
}

impl Planned<'_> {
    fn prove(
        &self,
        model: &CheckedModel,
        since: Option<&str>,
        progress: &Progress<'_>,
    ) -> Result<Proof, Failure> {
        let scratch = Scratch::make(self.engine, &self.server)?;
        let engines = Engines::at(model, self.id, scratch.place.clone())?;
        let chain = Chain {
            model,
            id: self.id,
            engines: &engines,
            migrations: &self.migrations,
            since,
            progress,
        };
        let proof = chain.prove();
        drop(engines);
        scratch.remove()?;
        Ok(proof)
    }
}
