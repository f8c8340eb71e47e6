//! What can go wrong with a gate, apart from what it answers over HTTP.

use std::io;
use std::path::PathBuf;

/// What any other library says went wrong.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a gate does not start, or cannot show what it holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateError {
    /// No token was given, so that nobody could send anything.
    #[error("no token: a gate takes requests only with one of its tokens")]
    NoToken,
    /// A token is empty or nothing but space. No header can carry it.
    #[error("a token is blank")]
    BlankToken,
    /// A token is of two clients, so that nobody could say whose records come with it.
    #[error("a token is of the clients {first} and {second}: a token belongs to one client")]
    TokenOfTwoClients {
        /// The client that it was given for first.
        first: i64,
        /// The other.
        second: i64,
    },
    /// No token is of this client.
    #[error("the gate has no token of the client {client_id}")]
    NoClient {
        /// The client asked for.
        client_id: i64,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address as it was given.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The database is of a kind that is not supported.
    #[error(
        "databases of the kind `{scheme}` are not supported; supported: sqlite://PATH, postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    UnsupportedDatabase {
        /// The scheme of the URL, without what follows: that may hold a password.
        scheme: String,
    },
    /// The URL of the database names none.
    #[error(
        "the database URL {problem}; supported: sqlite://PATH, where PATH is relative, or begins with a slash, and \
         postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    DatabaseUrl {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Another gate has the database.
    #[error("another gate is using the database {}", path.display())]
    InUse {
        /// The database's file.
        path: PathBuf,
    },
    /// The database holds the tables of another client.
    #[error("the database {database} belongs to the client {found}, not to {expected}")]
    OtherClient {
        /// Where the database is.
        database: String,
        /// The client of its tables.
        found: i64,
        /// The client of the tokens.
        expected: i64,
    },
    /// The database was written by a version of the gate that this one does not know.
    #[error("the database {database} has the format {found}; this version reads the format {expected}")]
    Format {
        /// Where the database is.
        database: String,
        /// Its format.
        found: i64,
        /// The format of this version.
        expected: i64,
    },
    /// The database cannot be opened.
    #[error("cannot open the database {database}")]
    Open {
        /// Where the database is.
        database: String,
        /// What the system or the database says.
        source: Cause,
    },
    /// The database cannot be read.
    #[error("cannot read the database")]
    Read {
        /// What the database says.
        source: Cause,
    },
    /// The tables of a client could not be emptied; nothing of them has changed.
    #[error("cannot empty the tables of the client {client_id}")]
    Reset {
        /// The client.
        client_id: i64,
    },
    /// A fault that cannot happen.
    #[error("the fault cannot happen: {problem}")]
    Fault {
        /// What is wrong with it.
        problem: String,
    },
    /// The counters of `/_gate/metrics` contradict one another.
    #[error("cannot count requests")]
    Metrics {
        /// What the library says that keeps them.
        source: Cause,
    },
    /// Somebody has the table locked; in a moment it may be free.
    #[error("the table `{name}` is locked by somebody else")]
    Locked {
        /// The name asked for.
        name: String,
    },
    /// There is no table of this name.
    #[error("there is no table `{name}`")]
    NoTable {
        /// The name asked for.
        name: String,
    },
    /// The definition of the Push object, from which this crate was built, gives a part to no attribute.
    #[error("no attribute of the Push object has the role `{role}`")]
    Definition {
        /// The part.
        role: &'static str,
    },
}
