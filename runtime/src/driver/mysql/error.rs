//! Error numbers of MySQL and MariaDB to kinds of errors. Their texts hold values ("Duplicate entry '…'"): they are kept for
//! callers that request them, and never shown; names are taken out of them to be looked up in the schema.

use super::session::Fault;
use crate::error::DatabaseError;
use crate::error::{Constraint, Error, ErrorKind, Operation, ReportedConstraint, TimeoutPhase};

/// The server's report of a failure.
#[derive(Debug, Default)]
pub(super) struct ServerError {
    code: u16,
    message: String,
}

impl ServerError {
    /// Reads an ERR packet; what is missing stays empty.
    pub(super) fn parse(body: &[u8]) -> Self {
        const SQLSTATE: usize = 6;
        let Some(([_, low, high], mut text)) = body.split_first_chunk() else {
            return Self::default();
        };
        if text.first() == Some(&b'#') {
            text = text.get(SQLSTATE..).unwrap_or_default();
        }
        Self {
            code: u16::from_le_bytes([*low, *high]),
            message: String::from_utf8_lossy(text).into_owned(),
        }
    }
}

impl ServerError {
    pub(super) fn is_missing_table(&self) -> bool {
        self.code == 1146
    }

    /// Whether the statement is blank, or a comment.
    pub(super) fn is_empty(&self) -> bool {
        self.code == 1065
    }

    /// Whether a node of a Galera cluster refuses every statement, as it is not in its cluster: it does not run them.
    pub(super) fn is_outside_cluster(&self) -> bool {
        self.code == NOT_IN_CLUSTER
    }

    /// Whether a COMMIT failed on its way: a node of a Galera cluster that was cut off while it sent the transaction to the others does not know
    /// whether they have it.
    pub(super) fn is_half_committed(&self) -> bool {
        self.code == ERROR_DURING_COMMIT
    }

    /// Whether the statement has waited in vain: for a lock, or on a node of a Galera cluster for what was committed before.
    pub(super) fn is_of_waiting(&self) -> bool {
        self.code == 1205
    }

    /// Whether the statement is one that cannot be prepared.
    pub(super) fn is_not_prepared(&self) -> bool {
        self.code == 1295
    }

    /// Whether another session has ended the statement, and with it perhaps the session: MySQL, when it goes down or runs `KILL` for a
    /// session, answers the statement that runs in it with 1317, as it does for `KILL QUERY`, and closes the connection a moment later
    /// (`THD::send_kill_message`). MariaDB says 1927 or 1053 then.
    pub(super) fn may_end_session(&self) -> bool {
        self.code == 1317
    }
}

/// Messages about tables, columns, constraints and rights, into which MySQL and MariaDB put names and no values ("Server Error
/// Message Reference" of MySQL's manual, `errmsg-utf8.txt` of MariaDB). Those of a duplicate key or of an incorrect value are not
/// among them, nor is that of a syntax error (1064), which quotes the statement from there on, its passwords and literals too. In
/// order.
const OF_SCHEMA: [u16; 177] = [
    1005, 1007, 1008, 1025, 1044, 1046, 1048, 1049, 1050, 1051, 1052, 1054, 1055, 1056, 1059, 1060,
    1061, 1063, 1065, 1066, 1067, 1068, 1069, 1070, 1071, 1072, 1073, 1074, 1075, 1089, 1090, 1091,
    1101, 1109, 1110, 1113, 1115, 1117, 1118, 1121, 1136, 1142, 1143, 1146, 1163, 1166, 1170, 1171,
    1205, 1213, 1214, 1215, 1217, 1221, 1222, 1227, 1235, 1239, 1247, 1248, 1253, 1264, 1265, 1267,
    1273, 1280, 1286, 1304, 1305, 1318, 1347, 1348, 1349, 1350, 1351, 1353, 1356, 1359, 1360, 1364,
    1394, 1406, 1419, 1426, 1427, 1439, 1451, 1452, 1458, 1463, 1479, 1480, 1481, 1486, 1488, 1490,
    1491, 1492, 1493, 1495, 1496, 1498, 1499, 1502, 1503, 1504, 1505, 1506, 1507, 1508, 1512, 1517,
    1553, 1563, 1564, 1575, 1583, 1584, 1628, 1629, 1659, 1660, 1687, 1709, 1712, 1717, 1728, 1761,
    1821, 1822, 1823, 1824, 1825, 1826, 1827, 1828, 1829, 1830, 1831, 1832, 1833, 1834, 1845, 1846,
    1901, 1903, 1904, 1905, 1906, 1907, 1910, 3102, 3103, 3105, 3106, 3107, 3108, 3109, 3152, 3730,
    3734, 3750, 3755, 3756, 3757, 3758, 3780, 3813, 3814, 3815, 3818, 3819, 3820, 3821, 3823, 4025,
    4108,
];

/// The error of a statement.
#[cold]
pub(super) fn statement_error(fault: Fault) -> Error {
    let is_refused = matches!(&fault, Fault::Server(said) if said.is_outside_cluster());
    let error = fault.into_error(|said| {
        let source = DatabaseError::of_statement(said.code.to_string(), &said.message)
            .of_schema(OF_SCHEMA.binary_search(&said.code).is_ok());
        Error::new(kind_of_error(said))
            .with_source(source)
            .telling(reported_constraint(said))
    });
    if is_refused {
        error.before_it_ran()
    } else {
        error
    }
}

/// The error of connecting, where a lost connection means that there never was one.
#[cold]
pub(super) fn connect_error(fault: Fault) -> Error {
    fault.into_connect_error(|said| {
        let kind = match kind_of_error(said) {
            _ if said.code == 1049 => ErrorKind::UnknownDatabase,
            ErrorKind::ConnectionLost | ErrorKind::SchemaMismatch => ErrorKind::Unavailable,
            kind => kind,
        };
        // A login has seen no row.
        let source = DatabaseError::new(said.code.to_string(), Some(said.message.as_str()));
        Error::new(kind).with_source(source)
    })
}

/// Builds the error for a configuration that does not fit the server's requirements.
#[cold]
pub(super) fn refused_config(why: &str) -> Error {
    Error::new(ErrorKind::Config(why.to_owned())).during(Operation::Connect)
}

/// Whether the server has rolled back the whole transaction. After 1205 it has not, but the failed statement's part is missing. 1180 comes
/// before COMMIT where a Galera cluster takes no transaction of that number of rows (`wsrep_max_ws_rows`).
pub(super) fn ends_transaction(said: &ServerError) -> bool {
    matches!(said.code, 1205 | 1213 | ERROR_DURING_COMMIT)
}

/// The session that is to be killed has ended.
pub(super) fn is_no_such_session(said: &ServerError) -> bool {
    const ER_NO_SUCH_THREAD: u16 = 1094;
    said.code == ER_NO_SUCH_THREAD
}

/// Whether a statement must be prepared anew. MariaDB reports that the table which a trigger reads does not exist, where the trigger was
/// made after the statement was prepared (10.11, now and then while it is made).
pub(super) fn is_stale_statement(said: &ServerError) -> bool {
    matches!(said.code, 1243 | 1615 | NO_SUCH_TABLE)
}

/// Whether the transaction is as it was before a statement that must be prepared anew.
pub(super) fn is_statement_alone(said: &ServerError) -> bool {
    said.code == NO_SUCH_TABLE
}

const NO_SUCH_TABLE: u16 = 1146;

const ERROR_DURING_COMMIT: u16 = 1180;

/// `WSREP has not yet prepared node for application use`: before the statement is looked at.
const NOT_IN_CLUSTER: u16 = 1047;

fn kind_of_error(said: &ServerError) -> ErrorKind {
    let text = said.message.as_str();
    match said.code {
        1062 | 1169 | 1586 | 1859 => ErrorKind::UniqueViolation(Constraint::default()),
        1216 | 1217 | 1451 | 1452 => ErrorKind::ForeignKeyViolation(Constraint::default()),
        1048 | 1364 => ErrorKind::NotNullViolation(Constraint::default()),
        3819 | 4025 => ErrorKind::CheckViolation(Constraint::default()),
        167 | 1153 | 1264 | 1265 | 1292 | 1300 | 1366 | 1367 | 1406 | 1411 | 1690 | 3140 | 3854
        | 3988 => ErrorKind::ValueOutOfRange(Constraint::default()),
        1020 | 1213 => ErrorKind::Conflict,
        1205 | 3572 => ErrorKind::Busy,
        #[cfg(feature = "shards")]
        1644 if text == bindery_core::slots::REFUSAL.0 => ErrorKind::ShardMoved,
        1317 | 1969 | 3024 => ErrorKind::Timeout {
            phase: TimeoutPhase::Statement,
        },
        1290 if is_for_reading(text) => ErrorKind::ReadOnly,
        1036 | 1792 | 1836 | 1874 => ErrorKind::ReadOnly,
        1021 | 1114 => ErrorKind::DiskFull,
        1023 | 1024 | 1026 => ErrorKind::Io,
        1030 => of_storage(text),
        1034 | 1035 | 1194 | 1195 | 1712 | 1877 => ErrorKind::Corrupt,
        1040 | 1129 | 1203 | 1226 | 3032 => ErrorKind::Unavailable,
        1044 | 1045 | 1130 | 1251 | 1698 | 1820 | 1862 => ErrorKind::AccessDenied,
        1142 | 1143 | 1227 | 1370 => ErrorKind::PermissionDenied,
        1064 | 1149 => ErrorKind::Syntax,
        1049 | 1051 | 1054 | 1109 | 1146 => ErrorKind::SchemaMismatch,
        NOT_IN_CLUSTER
        | 1053
        | 1080
        | 1152
        | 1154..=1161
        | 1184
        | 1927
        | 2006
        | 2013
        | 3169
        | 4031 => ErrorKind::ConnectionLost,
        code => ErrorKind::Database {
            code: code.to_string(),
        },
    }
}

/// `The … server is running with the --read-only option …`: of all its options this one, in whatever language.
fn is_for_reading(text: &str) -> bool {
    ["read-only", "read_only"]
        .iter()
        .any(|option| text.contains(option))
}

/// `Got error 28 from storage engine`: the first number is the operating system's, or the storage engine's own.
fn of_storage(text: &str) -> ErrorKind {
    let digits = |char: char| char.is_ascii_digit();
    let number = text
        .split(|char| !digits(char))
        .find(|part| !part.is_empty());
    match number.and_then(|number| number.parse::<u16>().ok()) {
        // No space, a quota, a full file of records or of an index.
        Some(28 | 122 | 135 | 136) => ErrorKind::DiskFull,
        Some(5) => ErrorKind::Io,
        Some(30) => ErrorKind::ReadOnly,
        Some(126 | 127 | 145) => ErrorKind::Corrupt,
        _ => ErrorKind::Database {
            code: "1030".to_owned(),
        },
    }
}

/// Takes the violated constraint out of the text.
fn reported_constraint(said: &ServerError) -> ReportedConstraint {
    let text = said.message.as_str();
    let error = Error::new(kind_of_error(said));
    if error.is_unique_violation() {
        unique(text)
    } else if error.is_foreign_key_violation() {
        foreign_key(text)
    } else if error.is_not_null_violation() {
        first_column(text)
    } else if error.is_check_violation() {
        check(text)
    } else if matches!(error.kind(), ErrorKind::ValueOutOfRange(_)) {
        last_column(text)
    } else {
        ReportedConstraint::default()
    }
}

/// `Duplicate entry '…' for key 'users.email'`: the key's name is at the very end; MySQL puts the table before it.
fn unique(text: &str) -> ReportedConstraint {
    let key = text
        .strip_suffix('\'')
        .and_then(|text| text.rsplit_once("for key '"))
        .map(|(_, key)| key);
    let (table, name) = match key.and_then(|key| key.split_once('.')) {
        Some((table, name)) => (Some(table), Some(name)),
        None => (None, key),
    };
    ReportedConstraint {
        name: name.map(str::to_owned),
        table: table.map(str::to_owned),
        ..ReportedConstraint::default()
    }
}

/// ``…a foreign key constraint fails (`shop`.`orders`, CONSTRAINT `orders_user` FOREIGN KEY (`user`) REFERENCES …``: names
/// only.
fn foreign_key(text: &str) -> ReportedConstraint {
    let table = text
        .split_once("(`")
        .and_then(|(_, rest)| rest.split_once("`,"))
        .and_then(|(name, _)| name.rsplit('`').next());
    let name = text
        .split_once("CONSTRAINT `")
        .and_then(|(_, rest)| rest.split_once('`'))
        .map(|(name, _)| name);
    let columns = text
        .split_once("FOREIGN KEY (")
        .and_then(|(_, rest)| rest.split_once(") REFERENCES "))
        .map(|(columns, _)| columns);
    ReportedConstraint {
        name: name.map(str::to_owned),
        table: table.map(str::to_owned),
        columns: columns.map(str::to_owned),
        ..ReportedConstraint::default()
    }
}

/// `Column 'name' cannot be null`, `Field 'name' doesn't have a default value`.
fn first_column(text: &str) -> ReportedConstraint {
    let column = text.split('\'').nth(1).map(str::to_owned);
    ReportedConstraint {
        column,
        ..ReportedConstraint::default()
    }
}

/// ``CONSTRAINT `name` failed for `shop`.`items` ``, `Check constraint 'name' is violated.`
fn check(text: &str) -> ReportedConstraint {
    let name = text.split(['\'', '`']).nth(1).map(str::to_owned);
    ReportedConstraint {
        name,
        ..ReportedConstraint::default()
    }
}

/// ``Incorrect integer value: '…' for column `shop`.`items`.`price` at row 1``, `Data too long for column 'name' at
/// row 1`: the name stands between the last "for column" and the last "at row", after any value.
fn last_column(text: &str) -> ReportedConstraint {
    let column = text
        .rsplit_once(" at row ")
        .and_then(|(before, _)| before.rsplit_once("for column "))
        .map(|(_, names)| names.trim_matches(['\'', '`']))
        .and_then(|names| names.rsplit('`').next())
        .map(str::to_owned);
    ReportedConstraint {
        column,
        ..ReportedConstraint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraint(code: u16, message: &str) -> ReportedConstraint {
        let message = message.to_owned();
        reported_constraint(&ServerError { message, code })
    }

    #[test]
    fn names_are_taken_and_values_are_not() {
        let hostile = "Duplicate entry 'x' for key 'fake' for key 'users.email'";
        let duplicate = constraint(1062, hostile);
        assert_eq!(duplicate.table.as_deref(), Some("users"));
        assert_eq!(duplicate.name.as_deref(), Some("email"));
        assert_eq!(constraint(1062, "Duplicate entry 'for key 'x").name, None);

        let missing = constraint(
            1452,
            "Cannot add or update a child row: a foreign key constraint fails (`shop`.`orders`, \
             CONSTRAINT `orders_user` FOREIGN KEY (`user`) REFERENCES `users` (`id`))",
        );
        assert_eq!(missing.table.as_deref(), Some("orders"));
        assert_eq!(missing.name.as_deref(), Some("orders_user"));
        assert_eq!(missing.columns.as_deref(), Some("`user`"));

        for text in [
            "Data too long for column 'price' at row 1",
            "Incorrect integer value: 'a for column b at row 2' for column `s`.`t`.`price` at row 1",
        ] {
            assert_eq!(constraint(1406, text).column.as_deref(), Some("price"));
        }
        let null = constraint(1048, "Column 'price' cannot be null");
        assert_eq!(null.column.as_deref(), Some("price"));
        for text in [
            "CONSTRAINT `positive` failed for `shop`.`items`",
            "Check constraint 'positive' is violated.",
        ] {
            assert_eq!(constraint(4025, text).name.as_deref(), Some("positive"));
        }
    }

    /// An ERR packet as a server sends it.
    fn packet(code: u16, text: &str) -> Vec<u8> {
        let [low, high] = code.to_le_bytes();
        [&[0xff, low, high], b"#HY000".as_slice(), text.as_bytes()].concat()
    }

    /// Numbers that MySQL has and MariaDB has not, and those that cannot be provoked: by their manuals.
    #[test]
    fn numbers_have_kinds() {
        let timeout = ErrorKind::Timeout {
            phase: TimeoutPhase::Statement,
        };
        let other = |code: &str| ErrorKind::Database {
            code: code.to_owned(),
        };
        let server = "The MySQL server is running with the --";
        for (code, text, expected) in [
            (3572, "Statement aborted because lock(s)", ErrorKind::Busy),
            (1205, "Lock wait timeout exceeded", ErrorKind::Busy),
            (1020, "Record has changed", ErrorKind::Conflict),
            (3024, "Query execution was interrupted", timeout.clone()),
            (1969, "Query execution was interrupted", timeout),
            (1021, "Disk full (/tmp/x)", ErrorKind::DiskFull),
            (
                1030,
                "Got error 28 \"No space\" from storage",
                ErrorKind::DiskFull,
            ),
            (1030, "Fehler 30 (Speicher-Engine)", ErrorKind::ReadOnly),
            (
                1030,
                "Got error 127 from storage engine",
                ErrorKind::Corrupt,
            ),
            (1030, "Got error 168 from storage engine", other("1030")),
            (
                1290,
                &format!("{server}read-only option"),
                ErrorKind::ReadOnly,
            ),
            (
                1290,
                &format!("{server}super-read-only option"),
                ErrorKind::ReadOnly,
            ),
            (
                1290,
                &format!("{server}secure-file-priv option"),
                other("1290"),
            ),
            (1836, "Running in read-only mode", ErrorKind::ReadOnly),
            (
                1053,
                "Server shutdown in progress",
                ErrorKind::ConnectionLost,
            ),
            (1927, "Connection was killed", ErrorKind::ConnectionLost),
            (
                4031,
                "The client was disconnected",
                ErrorKind::ConnectionLost,
            ),
            (1026, "Error writing file", ErrorKind::Io),
            (
                1227,
                "Access denied; you need SUPER",
                ErrorKind::PermissionDenied,
            ),
        ] {
            let said = ServerError::parse(&packet(code, text));
            assert_eq!(kind_of_error(&said), expected, "{code}");
        }
    }

    #[cfg(feature = "migrations")]
    #[test]
    fn a_migration_shows_no_statement_that_a_syntax_error_quotes() {
        let shown = |code, text: &str| {
            let said = ServerError::parse(&packet(code, text));
            let error = statement_error(Fault::Server(Box::new(said))).showing_schema();
            format!("{error} {error:?}")
        };
        let near =
            "You have an error in your SQL syntax near 'IDENTIFIED BY 'secret' nonsense' at line 1";
        assert!(!shown(1064, near).contains("secret"));
        assert!(shown(1146, "Table 'shop.users' doesn't exist").contains("users"));
    }
}
