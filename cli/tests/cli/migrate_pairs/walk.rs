//! From one schema of a pair to the other on a server, back, and again.

use std::collections::{BTreeMap, BTreeSet};

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Planned, Structure, triggers};

use super::super::both::{Both, Refusal};
use super::rows::{self, Inserted};
use super::schema::Choices;
use super::{Outcome, Refused, Schema, planned, same, shown, statements, with_values};

pub(super) struct Pair<'b> {
    pub(super) both: &'b Both,
    pub(super) dialect: Dialect,
    pub(super) seed: u64,
}

impl Pair<'_> {
    fn schema(&self, is_second: bool) -> Result<Schema, Refused> {
        Schema::new(&Choices {
            dialect: self.dialect,
            seed: self.seed,
            is_second,
        })
    }

    pub(super) fn outcome(&self) -> Result<Outcome, String> {
        let (from, to) = match (self.schema(false), self.schema(true)) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(code), _) | (_, Err(code)) => return Ok(Outcome::Refused(code)),
        };
        if from.sql == to.sql {
            return Ok(Outcome::Same);
        }
        let told = |why: String| {
            let (dialect, seed) = (self.dialect.name(), self.seed);
            format!(
                "{dialect}, seed {seed}: {why}\n{}\n->\n{}\n",
                from.sql, to.sql
            )
        };
        let inserted = self.planned(&from, &to).map_err(told)?;
        Ok(Outcome::Ran(inserted))
    }

    fn planned(&self, from: &Schema, to: &Schema) -> Result<Inserted, String> {
        let nothing = Structure::read("", self.dialect, None).expect("no table");
        let first = planned(&nothing, &from.structure, &[])?;
        let first = statements(&[&first.up, &first.online]);
        let made = nothing.after(&first);
        let made = made.map_err(|_| "the first is not read again")?;
        let own = rows::triggers(&from.tables, self.dialect);
        let known = first.iter().chain(own.iter().map(|(_, sql)| sql));
        let known = match self.dialect {
            Dialect::Sqlite => triggers(known.map(String::as_str), self.dialect),
            Dialect::Postgres | Dialect::Mysql => Vec::new(),
        };
        let step = planned(&made, &to.structure, &known)?;
        let mut walk = Walk {
            pair: self,
            schemas: [from, to],
            first,
            made,
            own,
            up: with_values(&[&step.up, &step.online], &to.tables),
            down: with_values(&[&step.online_down, &step.down], &from.tables),
            left_empty: BTreeSet::new(),
        };
        walk.rows_that_fit()
            .map_err(|why| format!("{why}\n{}", shown_with(&walk.left_empty, &step)))
    }
}

fn shown_with(left_empty: &BTreeSet<String>, step: &Planned) -> String {
    format!("-- without rows in {left_empty:?}\n{}", shown(step))
}

/// A database, as its catalogue describes it.
struct Catalogue {
    lines: Vec<String>,
    triggers: Vec<String>,
}

enum Failed {
    /// At a stage of the walk.
    Refused(&'static str, Refusal),
    Otherwise(String),
}

impl From<String> for Failed {
    fn from(why: String) -> Self {
        Self::Otherwise(why)
    }
}

struct Walk<'p> {
    pair: &'p Pair<'p>,
    schemas: [&'p Schema; 2],
    /// Makes the first schema.
    first: Vec<String>,
    made: Structure,
    /// A person's triggers, each after its table.
    own: Vec<(String, String)>,
    up: Vec<String>,
    down: Vec<String>,
    /// Tables whose rows do not fit.
    left_empty: BTreeSet<String>,
}

impl Walk<'_> {
    /// Walks with rows in all tables, and again without those of a table that a statement was refused for.
    fn rows_that_fit(&mut self) -> Result<Inserted, String> {
        let wanted = [self.created(0)?, self.created(1)?];
        loop {
            let (stage, refusal) = match self.walk(&wanted) {
                Ok(kept) => return Ok(self.inserted(kept)),
                Err(Failed::Otherwise(why)) => return Err(why),
                Err(Failed::Refused(stage, refusal)) => (stage, refusal),
            };
            let tables = &self.schemas[0].tables;
            let table = rows::table_of(&refusal, tables, &self.left_empty);
            let is_by_rows = rows::are_in_the_way(&refusal, self.pair.dialect);
            let Some(table) = table.filter(|_| is_by_rows) else {
                let Refusal { why, statement } = refusal;
                return Err(format!("{stage}: {why}\nin {statement}"));
            };
            self.left_empty.insert(table.to_owned());
        }
    }

    fn inserted(&self, kept: usize) -> Inserted {
        Inserted {
            tables: self.schemas[0].tables.len(),
            left_empty: self.left_empty.len(),
            kept,
        }
    }

    /// The catalogue after `create`.
    fn created(&self, schema: usize) -> Result<Catalogue, String> {
        let both = self.pair.both;
        both.empty_created();
        let made = both.run_on(1, &self.schemas[schema].create);
        made.map_err(|one| format!("create: {}\nin {}", one.why, one.statement))?;
        Ok(self.catalogue(1))
    }

    fn catalogue(&self, number: usize) -> Catalogue {
        Catalogue {
            lines: self.pair.both.lines_of(number),
            triggers: self.pair.both.triggers_of(number),
        }
    }

    fn run(&self, stage: &'static str, statements: &[String]) -> Result<(), Failed> {
        let ran = self.pair.both.run_on(0, statements);
        ran.map_err(|refusal| Failed::Refused(stage, refusal))
    }

    /// Returns the number of rows that were kept.
    fn walk(&self, wanted: &[Catalogue; 2]) -> Result<usize, Failed> {
        let both = self.pair.both;
        let [from, to] = self.schemas.map(|schema| schema.tables.as_slice());
        let kept = rows::kept(from, to);
        both.empty(0);
        self.run("the first", &self.first)?;
        same("made first", &both.catalogue(), &wanted[0].lines)?;
        let made = rows::make_triggers(both, &self.own);
        made.map_err(|refusal| Failed::Refused("triggers", refusal))?;
        rows::fill(both, &self.made, &self.left_empty)?;
        let before = rows::contents(both, &kept);
        let stages = [
            ("up", &self.up, &wanted[1]),
            ("down", &self.down, &wanted[0]),
            ("up again", &self.up, &wanted[1]),
        ];
        for (stage, statements, wanted) in stages {
            self.run(stage, statements)?;
            same(stage, &both.catalogue(), &wanted.lines)?;
            self.triggers_are_there(stage, &kept, &wanted.triggers)?;
            rows_are_there(stage, &rows::contents(both, &kept), &before)?;
        }
        self.triggers_run(&kept)?;
        Ok(before.values().map(Vec::len).sum())
    }

    /// Those of the schema, and a person's at the tables that both schemas have.
    fn triggers_are_there(
        &self,
        stage: &str,
        kept: &[(&str, Vec<&str>)],
        wanted: &[String],
    ) -> Result<(), String> {
        let (own, others): (Vec<String>, Vec<String>) = self
            .pair
            .both
            .triggers_of(0)
            .into_iter()
            .partition(|line| line.contains(" _bindery_t_"));
        let tables = own.iter().filter_map(|line| line.split(' ').next());
        let tables: Vec<String> = tables.map(str::to_owned).collect();
        let names: Vec<String> = kept.iter().map(|(table, _)| (*table).to_owned()).collect();
        same(&format!("{stage}, triggers"), &others, wanted)?;
        same(&format!("{stage}, tables with triggers"), &tables, &names)
    }

    fn triggers_run(&self, kept: &[(&str, Vec<&str>)]) -> Result<(), Failed> {
        let noted = rows::noted(self.pair.both, kept);
        let [noted, rows] = noted.map_err(|refusal| Failed::Refused("update", refusal))?;
        match noted == rows {
            true => Ok(()),
            false => Err(format!("{noted} of {rows} updates were noted").into()),
        }
    }
}

fn rows_are_there(
    stage: &str,
    is: &BTreeMap<String, Vec<String>>,
    wanted: &BTreeMap<String, Vec<String>>,
) -> Result<(), String> {
    match is == wanted {
        true => Ok(()),
        false => Err(format!("{stage}: the rows\n{wanted:?}\nare\n{is:?}")),
    }
}
