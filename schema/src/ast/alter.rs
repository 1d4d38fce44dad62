//! `ALTER TABLE`: its actions, as far as they change the model.

use super::{
    ColumnDef, Expression, IdentityOptions, Name, ObjectName, Partition, TableConstraint,
    TableOption, TypeName,
};

/// `ALTER TABLE` with its actions.
#[derive(Debug, Clone)]
pub struct AlterTable {
    /// The table that is changed.
    pub table: ObjectName,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// PostgreSQL `ONLY`: the tables that inherit from it stay as they are.
    pub only: bool,
    /// In order; actions that change nothing here are left out.
    pub actions: Vec<AlterAction>,
    /// Some of those that are left out change the table all the same: its owner, row level security, triggers that are switched off.
    pub passed_over: bool,
    /// Those among the ones that are left out that matter to whoever runs the statement.
    pub others: Vec<OtherChange>,
}

/// A change of a table that no model shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherChange {
    /// `DROP PARTITION`.
    DropPartition,
    /// `TRUNCATE PARTITION`.
    TruncatePartition,
    /// `SET TABLESPACE`.
    SetTablespace,
    /// MySQL `ALGORITHM = …`, `LOCK = …`: the server refuses the statement rather than lock more than that.
    Bound,
    /// PostgreSQL `ENABLE ALWAYS TRIGGER name`, `DISABLE TRIGGER ALL`.
    Trigger {
        /// `None` for all of the table.
        name: Option<Name>,
        /// `ENABLE`, else `DISABLE`.
        enabled: bool,
        /// `ENABLE ALWAYS`.
        always: bool,
    },
}

/// PostgreSQL `ALTER TYPE` of a composite type.
#[derive(Debug, Clone)]
pub struct AlterComposite {
    /// The type that is changed.
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

/// The keys that a statement drops by a name: MySQL's indexes and foreign keys may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DroppedKey {
    /// Whatever bears the name.
    Any,
    /// `DROP KEY`, `DROP INDEX`: unique ones too.
    Index,
    /// `DROP FOREIGN KEY`.
    Foreign,
}

/// One change of a table.
#[derive(Debug, Clone)]
pub enum AlterAction {
    /// `ADD COLUMN`.
    AddColumn {
        /// The column with its options.
        column: Box<ColumnDef>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// MySQL `FIRST`, `AFTER`.
        position: ColumnPosition,
    },
    /// `MODIFY`, `CHANGE`: the whole definition anew, under a new name perhaps.
    Redefine {
        /// The name that the column had.
        column: Name,
        /// The whole new definition, with the column's name from then on.
        definition: Box<ColumnDef>,
        /// MySQL `FIRST`, `AFTER`.
        position: ColumnPosition,
    },
    /// `ADD CONSTRAINT`, `ADD KEY`.
    AddConstraint(TableConstraint),
    /// `DROP COLUMN`.
    DropColumn {
        /// The column that is dropped.
        column: Name,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`: views and foreign keys that need the column go too.
        cascade: bool,
    },
    /// `DROP CONSTRAINT`, `DROP KEY`, `DROP INDEX`, `DROP FOREIGN KEY`.
    DropConstraint {
        /// The name of the constraint or key.
        name: Name,
        /// The kinds of keys that may bear it.
        kind: DroppedKey,
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
        /// The name that the column had.
        from: Name,
        /// The name that it gets.
        to: Name,
    },
    /// `RENAME CONSTRAINT`, `RENAME KEY`.
    RenameConstraint {
        /// The name that the constraint had.
        from: Name,
        /// The name that it gets.
        to: Name,
    },
    /// PostgreSQL `VALIDATE CONSTRAINT`.
    ValidateConstraint(Name),
    /// `ALTER CONSTRAINT name`: when it is checked.
    DeferConstraint {
        /// The constraint.
        name: Name,
        /// `DEFERRABLE`, and whether initially deferred.
        deferrable: Option<bool>,
    },
    /// `ALTER COLUMN … SET DEFAULT`.
    SetDefault {
        /// The column whose default is set.
        column: Name,
        /// The new default.
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
        /// The column whose type is changed.
        column: Name,
        /// The new type.
        type_name: TypeName,
        /// Its collation, as the type had none.
        collation: Option<ObjectName>,
    },
    /// `ALTER COLUMN … ADD GENERATED … AS IDENTITY`.
    AddIdentity {
        /// The column that counts from then on.
        column: Name,
        /// `ALWAYS`: a program cannot give the column a value.
        always: bool,
        /// How it counts.
        options: IdentityOptions,
    },
    /// `ALTER COLUMN … SET GENERATED ALWAYS SET INCREMENT BY 5`.
    ChangeIdentity {
        /// The column whose identity is changed.
        column: Name,
        /// `ALWAYS`, or `BY DEFAULT`, where it says one of them.
        always: Option<bool>,
        /// All of it after the column's name, as written.
        words: String,
    },
    /// `ALTER COLUMN … SET EXPRESSION AS (…)`.
    SetExpression {
        /// The column that is computed.
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
    /// MySQL `REMOVE PARTITIONING`.
    DropPartitioning,
    /// A change of the parts that MySQL divides a table into.
    ChangeParts(PartsChange),
    /// MySQL `COMMENT` of the table.
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
        /// The table that it inherits from.
        parent: ObjectName,
        /// Not any more.
        no: bool,
    },
    /// `SET LOGGED`, `SET UNLOGGED`.
    SetUnlogged(bool),
    /// `SET STORAGE EXTERNAL`, `SET COMPRESSION lz4`.
    ColumnSetting {
        /// The column whose setting is changed.
        column: Name,
        /// Which of them.
        setting: ColumnSetting,
        /// The value as it is written.
        value: String,
    },
}

/// How PostgreSQL stores the values of a column, which has one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnSetting {
    /// `STORAGE`: within the row or beside it.
    Storage,
    /// `COMPRESSION`.
    Compression,
}

impl ColumnSetting {
    /// The words after `ALTER COLUMN name`.
    pub(crate) fn words(self, value: &str) -> String {
        match self {
            Self::Storage => format!("SET STORAGE {value}"),
            Self::Compression => format!("SET COMPRESSION {value}"),
        }
    }
}

/// A change of the parts of a table of MySQL. Parts are a list in parentheses, as written.
#[derive(Debug, Clone)]
pub enum PartsChange {
    /// `ADD PARTITION (…)`.
    Add(String),
    /// `DROP PARTITION`.
    Drop(Vec<Name>),
    /// `REORGANIZE PARTITION … INTO (…)`.
    Reorganize {
        /// The parts that go.
        from: Vec<Name>,
        /// Those in their place.
        into: String,
    },
}
