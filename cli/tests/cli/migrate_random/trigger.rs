//! Triggers that migrations written by hand make.

use bindery_schema::dialect::Dialect;

/// A trigger that marks the row of the id 3, and names a column.
#[derive(Clone)]
pub(super) struct Trigger {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) column: String,
}

impl Trigger {
    /// The statements that make it.
    pub(super) fn made(&self, dialect: Dialect) -> String {
        let Self {
            name,
            table,
            column,
        } = self;
        let is_it = format!("NEW.id = 3 AND (NEW.{column} IS NULL OR NEW.{column} IS NOT NULL)");
        match dialect {
            Dialect::Sqlite => format!(
                "CREATE TRIGGER {name} AFTER INSERT ON {table} WHEN {is_it} BEGIN UPDATE {table} SET mark = 'fired' WHERE id = 3; END;\n"
            ),
            Dialect::Postgres => format!(
                "CREATE FUNCTION {name}_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mark := 'fired'; RETURN NEW; END $$;\n\
                 CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW WHEN ({is_it}) EXECUTE FUNCTION {name}_mark();\n"
            ),
            Dialect::Mysql => format!(
                "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW SET NEW.mark = IF({is_it}, 'fired', NEW.mark);\n"
            ),
        }
    }

    /// The statements that drop it.
    pub(super) fn dropped(&self, dialect: Dialect) -> String {
        let Self { name, table, .. } = self;
        match dialect {
            Dialect::Sqlite | Dialect::Mysql => format!("DROP TRIGGER {name};\n"),
            Dialect::Postgres => {
                format!("DROP TRIGGER {name} ON {table};\nDROP FUNCTION {name}_mark();\n")
            }
        }
    }

    /// The line of a catalogue's triggers.
    pub(super) fn line(&self, dialect: Dialect) -> String {
        let Self { name, table, .. } = self;
        match dialect {
            Dialect::Sqlite | Dialect::Mysql => format!("{table} {name}"),
            Dialect::Postgres => format!("{table} {name} O"),
        }
    }
}
