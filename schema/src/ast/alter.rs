//! `ALTER TABLE`: its actions, as far as they change the model.

use super::{
    ColumnDef, Expression, IdentityOptions, Name, ObjectName, Partition, TableConstraint,
    TableOption, TypeName,
};

/// `ALTER TABLE` with its actions.
#[derive(Debug, Clone)]
pub struct AlterTable {
    /// Which table.
    pub table: ObjectName,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// PostgreSQL `ONLY`: the tables that inherit from it stay as they are.
    pub only: bool,
    /// In order; actions that change nothing here are left out.
    pub actions: Vec<AlterAction>,
    /// Some of those that are left out change the table all the same: its owner, row level security, triggers that are switched off.
    pub passed_over: bool,
}

/// PostgreSQL `ALTER TYPE` of a composite type.
#[derive(Debug, Clone)]
pub struct AlterComposite {
    /// Which type.
    pub name: ObjectName,
    /// The changes of its attributes, as to the columns of a table.
    pub actions: Vec<AlterAction>,
}

/// Where MySQL puts a column.
#[derive(Debug, Clone)]
pub enum ColumnPosition {
    /// At the end, or where it was.
    Unsaid,
    /// `FIRST`.
    First,
    /// `AFTER column`.
    After(Name),
}

impl AlterAction {
    /// The column this adds.
    pub fn added_column(&mut self) -> Option<&mut ColumnDef> {
        if let Self::AddColumn { column, .. } = self {
            Some(column)
        } else {
            None
        }
    }
}

/// One change of a table.
#[derive(Debug, Clone)]
pub enum AlterAction {
    /// `ADD COLUMN`.
    AddColumn {
        /// The column.
        column: Box<ColumnDef>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// MySQL.
        position: ColumnPosition,
    },
    /// `MODIFY`, `CHANGE`: the whole definition anew, under a new name perhaps.
    Redefine {
        /// Old name.
        column: Name,
        /// New definition.
        definition: Box<ColumnDef>,
        /// MySQL.
        position: ColumnPosition,
    },
    /// `ADD CONSTRAINT`, `ADD KEY`.
    AddConstraint(TableConstraint),
    /// `DROP COLUMN`.
    DropColumn {
        /// Which.
        column: Name,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `DROP CONSTRAINT`, `DROP KEY`, `DROP INDEX`, `DROP FOREIGN KEY`.
    DropConstraint {
        /// Which.
        name: Name,
        /// PostgreSQL `CASCADE`: with the foreign keys to it.
        cascade: bool,
    },
    /// MariaDB `DROP SYSTEM VERSIONING`.
    DropVersioning,
    /// MariaDB `DROP PERIOD FOR`.
    DropPeriod(Name),
    /// `DROP PRIMARY KEY`.
    DropPrimaryKey,
    /// `RENAME TO`.
    RenameTable(ObjectName),
    /// `SET SCHEMA`.
    SetSchema(Name),
    /// `RENAME COLUMN`.
    RenameColumn {
        /// From.
        from: Name,
        /// To.
        to: Name,
    },
    /// `RENAME CONSTRAINT`, `RENAME KEY`.
    RenameConstraint {
        /// From.
        from: Name,
        /// To.
        to: Name,
    },
    /// `ALTER COLUMN … SET DEFAULT`.
    SetDefault {
        /// Which.
        column: Name,
        /// The value.
        value: Expression,
    },
    /// `ALTER COLUMN … DROP DEFAULT`.
    DropDefault(Name),
    /// `ALTER COLUMN … SET NOT NULL`.
    SetNotNull(Name),
    /// `ALTER COLUMN … DROP NOT NULL`.
    DropNotNull(Name),
    /// `ALTER COLUMN … TYPE`.
    SetType {
        /// Which.
        column: Name,
        /// The new type.
        type_name: TypeName,
        /// Its collation, as the type had none.
        collation: Option<ObjectName>,
    },
    /// `ALTER COLUMN … ADD GENERATED … AS IDENTITY`.
    AddIdentity {
        /// Which.
        column: Name,
        /// `ALWAYS`.
        always: bool,
        /// How it counts.
        options: IdentityOptions,
    },
    /// `ALTER COLUMN … SET GENERATED ALWAYS SET INCREMENT BY 5`.
    ChangeIdentity {
        /// Which.
        column: Name,
        /// `ALWAYS`, or `BY DEFAULT`, where it says one of them.
        always: Option<bool>,
        /// All of it after the column's name, as written.
        words: String,
    },
    /// `ALTER COLUMN … SET EXPRESSION AS (…)`.
    SetExpression {
        /// Which.
        column: Name,
        /// The new one.
        expression: Expression,
    },
    /// `ALTER COLUMN … DROP IDENTITY`, `DROP EXPRESSION`.
    DropGenerated(Name),
    /// `ATTACH PARTITION name`: that table is not a model of its own any more.
    AttachPartition(Partition),
    /// `DETACH PARTITION name`: that table is one of its own again.
    DetachPartition(ObjectName),
    /// MySQL `COMMENT`.
    Comment(String),
    /// MySQL `ENGINE = …`.
    StorageEngine(Name),
    /// An option of the table: `ENGINE=InnoDB`, `PARTITION BY …`.
    Option(TableOption),
    /// MySQL `CHARACTER SET`, `COLLATE` of the table.
    CharacterSet {
        /// One of them or both.
        options: Vec<TableOption>,
        /// `CONVERT TO`: the columns take it too.
        converts: bool,
    },
    /// `INHERIT parent`, `NO INHERIT parent`.
    Inherit {
        /// From whom.
        parent: ObjectName,
        /// Not any more.
        no: bool,
    },
    /// `SET LOGGED`, `SET UNLOGGED`.
    SetUnlogged(bool),
    /// A change of a column that is repeated as it is written: `SET STORAGE EXTERNAL`.
    ColumnSetting {
        /// Which.
        column: Name,
        /// From `SET` on.
        words: String,
    },
}
