//! The differences between the products: how data is laid out, how the server is run and how it is ended.

use std::process::Command;

use rustix::process::Signal;

use super::directory::Directory;
use super::options::ServerOptions;
use super::{Address, Product};
use crate::Result;

/// The user that every server is started with; it may do everything on it.
pub(crate) const USER: &str = "bindery";

/// The paths and port with which a server is started.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) options: &'a ServerOptions,
    pub(crate) password: &'a str,
}

/// The ways of one product.
pub(crate) trait Recipe: std::fmt::Debug + Send + Sync {
    fn product(&self) -> Product;

    /// Lays out the data of a new server: a command that ends by itself.
    fn initialize(&self, directory: &Directory, password: &str) -> Result<Command>;

    /// Copies the data of the primary that a new server is to follow, where it does not begin as any other.
    fn copy_primary(&self, site: &Site<'_>) -> Result<Option<Command>>;

    /// Writes the files that the server reads when it is started.
    fn prepare(&self, site: &Site<'_>) -> Result<()>;

    /// Runs the server in the foreground on a port of the loopback interface.
    fn serve(&self, site: &Site<'_>, port: u16) -> Command;

    /// The SQL that has a new server follow a primary, where its data does not say so already.
    fn follow(&self, primary: &Address) -> Option<String>;

    /// Ends the server in order, without waiting for its clients.
    fn stop_signal(&self) -> Signal;

    /// Ends the server and its helper processes immediately.
    fn abort_signal(&self) -> Signal;

    /// The database that is always there.
    fn first_database(&self) -> &'static str;

    /// Asks for the version.
    fn version_query(&self) -> &'static str;

    /// The version's number in the answer to it.
    fn version_number(&self, answer: &str) -> String;
}
