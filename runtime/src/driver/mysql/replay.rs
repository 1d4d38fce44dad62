//! How far a primary has written, and a replica has applied: GTIDs, which MariaDB and MySQL write differently.

use std::time::Duration;

use super::MysqlConnection;
use crate::driver::position::{Position, Replay};
use crate::error::Result;
use crate::value::ParamWriter;

/// The differences between the two.
struct Texts {
    written: &'static str,
    applied: &'static str,
    /// 0 where it has come so far.
    wait: &'static str,
    parse: fn(&str) -> Option<Position>,
}

/// Every account may read these; `SHOW REPLICA STATUS` takes a privilege.
const MARIADB: Texts = Texts {
    written: "SELECT @@GLOBAL.gtid_binlog_pos",
    applied: "SELECT @@GLOBAL.gtid_slave_pos, @@GLOBAL.read_only, \
        (SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'SLAVES_RUNNING')",
    wait: "SELECT MASTER_GTID_WAIT(?, ?)",
    parse: Position::of_gtids,
};

const MYSQL: Texts = Texts {
    written: "SELECT @@GLOBAL.gtid_executed",
    applied: "SELECT @@GLOBAL.gtid_executed, @@GLOBAL.read_only, '1'",
    wait: "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)",
    parse: Position::of_gtid_set,
};

impl MysqlConnection {
    fn replay_texts(&self) -> &'static Texts {
        if self.server_info().product == "MariaDB" {
            &MARIADB
        } else {
            &MYSQL
        }
    }

    /// Returns how far the primary has written; `None` where it keeps no log of that.
    pub(crate) fn log_position(&mut self) -> Result<Option<Position>> {
        let texts = self.replay_texts();
        let mut written = String::new();
        self.query(texts.written, &mut |_| (), &mut |row| {
            written = row.next()?;
            Ok(false)
        })?;
        Ok((texts.parse)(&written))
    }

    /// Returns how far the replica has applied what it received.
    pub(crate) fn applied(&mut self) -> Result<Replay> {
        let texts = self.replay_texts();
        let mut replay = Replay {
            position: None,
            is_promoted: false,
        };
        self.query(texts.applied, &mut |_| (), &mut |row| {
            replay.position = (texts.parse)(&row.next::<String>()?);
            let takes_writes = row.next::<i64>()? == 0;
            let follows = row
                .next::<Option<String>>()?
                .is_none_or(|running| running != "0");
            replay.is_promoted = takes_writes && !follows;
            Ok(false)
        })?;
        Ok(replay)
    }

    /// Waits until the replica has applied everything up to a position; `false` where it has not within the time.
    pub(crate) fn wait_for(&mut self, position: &Position, limit: Duration) -> Result<bool> {
        let texts = self.replay_texts();
        let mut answer = None;
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.push(&position.server_text());
            params.push(&limit.as_secs_f64());
        };
        self.query(texts.wait, write, &mut |row| {
            answer = row.next::<Option<i64>>()?;
            Ok(false)
        })?;
        Ok(answer == Some(0))
    }
}
