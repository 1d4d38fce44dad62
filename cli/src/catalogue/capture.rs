//! Triggers that record changes. The name of one holds a number made of its body, by which it is known to be as bindery made it; one
//! that was changed or switched off counts as missing, and is listed among what else is there.

use bindery::{Connection, Sql};
use bindery_schema::model::TableName;
use bindery_schema::plan::capture::{PREFIX, is_ours, named};

use super::Catalogue;
use crate::database::Chosen;

/// A trigger, and the body by which it has its name.
struct Trigger {
    table: TableName,
    name: String,
    body: String,
    sql: String,
}

impl Catalogue {
    fn take(&mut self, triggers: impl Iterator<Item = Trigger>) {
        for trigger in triggers.filter(Trigger::is_as_made) {
            let shown = format!("trigger {} on ", trigger.name);
            self.left_out.retain(|line| !line.starts_with(&shown));
            self.captures.push((trigger.table, trigger.sql));
        }
    }
}

impl Trigger {
    /// A function of PostgreSQL serves the triggers for rows and for all of them.
    fn is_as_made(&self) -> bool {
        let event = |name: &str| {
            name.strip_prefix(PREFIX)?
                .split_once('_')
                .map(|(event, _)| event.to_owned())
        };
        let Some(event) = event(&self.name) else {
            return false;
        };
        match event.as_str() {
            "r" | "t" => {
                let function = named("f", &self.body);
                function[PREFIX.len() + 2..] == self.name[PREFIX.len() + 2..]
            }
            other => named(other, &self.body) == self.name,
        }
    }
}

fn table(schema: Option<String>, name: String) -> TableName {
    let schema = schema.filter(|schema| schema != "public");
    TableName { schema, name }
}

/// SQLite keeps the statements as they were written.
pub(super) fn of_sqlite(catalogue: &mut Catalogue, triggers: Vec<(String, String, String)>) {
    let ours = triggers.into_iter().filter(|(name, ..)| is_ours(name));
    let trigger = |(name, of, sql): (String, String, String)| {
        let body = sql.split_once(&format!("\"{name}\" "));
        Trigger {
            table: table(None, of),
            body: body.map_or(String::new(), |(_, body)| body.to_owned()),
            name,
            sql,
        }
    };
    catalogue.take(ours.map(trigger));
}

const OF_MYSQL: &str = r"
SELECT trigger_name, event_object_table, action_statement FROM information_schema.triggers
WHERE trigger_schema = database() AND trigger_name LIKE '\_bindery\_capture\_%' ORDER BY trigger_name";

pub(super) fn of_mysql(
    connection: &mut Connection<Chosen>,
    catalogue: &mut Catalogue,
) -> bindery::Result<()> {
    let found: Vec<(String, String, String)> = connection.query_as(Sql::assembled(OF_MYSQL), ())?;
    let trigger = |(name, of, body): (String, String, String)| {
        let sql = format!(
            "CREATE TRIGGER {} AFTER INSERT ON {} FOR EACH ROW {body}",
            super::mysql::quoted(&name),
            super::mysql::quoted(&of)
        );
        Trigger {
            table: table(None, of),
            name,
            body,
            sql,
        }
    };
    catalogue.take(found.into_iter().map(trigger));
    Ok(())
}

const OF_POSTGRES: &str = r"
SELECT t.tgname::text, n.nspname::text, c.relname::text, p.prosrc, pg_get_triggerdef(t.oid),
  format('ALTER TABLE %I.%I ENABLE ALWAYS TRIGGER %I', n.nspname, c.relname, t.tgname), pg_get_functiondef(p.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled = 'A' AND t.tgname LIKE '\_bindery\_capture\_%' ORDER BY 1, 2, 3";

type PostgresTrigger = (String, String, String, String, String, String, String);

pub(super) fn of_postgres(
    connection: &mut Connection<Chosen>,
    catalogue: &mut Catalogue,
) -> bindery::Result<()> {
    let found: Vec<PostgresTrigger> = connection.query_as(Sql::assembled(OF_POSTGRES), ())?;
    for (name, schema, of, body, trigger, always, function) in found {
        let number = name.rsplit('_').next().unwrap_or_default();
        let shown = format!("function {PREFIX}f_{number}()");
        catalogue.left_out.retain(|line| *line != shown);
        let trigger = Trigger {
            table: table(Some(schema), of),
            name,
            body,
            sql: format!("{function};\n{trigger};\n{always}"),
        };
        catalogue.take([trigger].into_iter());
    }
    Ok(())
}
