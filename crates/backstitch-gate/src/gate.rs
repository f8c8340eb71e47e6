//! A running gate, and how it is started.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::GateError;
use crate::admin::Door;
use crate::fault::Fault;
use crate::fault::plan::Plan;
use crate::http::held::Room;
use crate::http::routes::{self, Shared};
use crate::http::server::{self, Patience};
use crate::http::token::{Given, Tokens};
use crate::http::turn::Turns;
use crate::journal::{Journal, JournalEntry};
use crate::metrics::Metrics;
use crate::request::roles::Roles;
use crate::store::view::{Order, TableSummary, TableView};
use crate::store::{Owner, Store};
use crate::warnings::Magnitudes;

const DEFAULT_ADDRESS: &str = "127.0.0.1:0";
const DEFAULT_DATABASE: &str = "sqlite://gate.db";
const DEFAULT_JOURNAL: usize = 1_000;
const DEFAULT_JOURNAL_BYTES: usize = 16 * 1024 * 1024;
const DEFAULT_READ_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Clients keep connections for reuse, the common ones for 90 seconds. Were the gate to close them
/// earlier, a request could meet the closing.
const IDLE: Duration = Duration::from_secs(120);

/// How a gate is to be started. See [`Gate::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct GateBuilder {
    listen: String,
    database: String,
    tokens: Vec<Given>,
    any_token: Option<i64>,
    names: Vec<String>,
    journal: usize,
    journal_bytes: usize,
    read_timeout: Duration,
    stop_timeout: Duration,
}

impl GateBuilder {
    /// The address to listen on, such as `127.0.0.1:8080`; port 0 takes any that is free. Without this
    /// call: `127.0.0.1:0`.
    #[expect(clippy::needless_pass_by_value, reason = "an address is given as a literal as often as by reference")]
    pub fn listen(mut self, address: impl ToString) -> Self {
        self.listen = address.to_string();
        self
    }

    /// The database: `sqlite://gate.db` for a file in the current folder, `sqlite:///tmp/gate.db` for one
    /// anywhere, which is made where it is missing; or `postgres://USER:PASSWORD@HOST/DATABASE` for one that a PostgreSQL
    /// server has, 13 or newer. Without this call: `sqlite://gate.db`.
    pub fn database(mut self, url: impl Into<String>) -> Self {
        self.database = url.into();
        self
    }

    /// A token that requests may carry, and the client whose records it may send. Can be called again, for more tokens of
    /// the same client and for those of others.
    ///
    /// The first client has the database of [`GateBuilder::database`]. Each other has one of its own beside it, with the
    /// client's id in its name: `gate-7724.db` beside `gate.db`; with PostgreSQL, a schema `public_7724` beside `public`.
    pub fn token(mut self, token: impl Into<String>, client_id: i64) -> Self {
        self.tokens.push(Given::Good(token.into(), client_id));
        self
    }

    /// A token of a client whose integration is paused or deleted: requests with it are refused with 401,
    /// `Connection is not active.` The client has a database, as that of any token. Can be called again.
    pub fn inactive_token(mut self, token: impl Into<String>, client_id: i64) -> Self {
        self.tokens.push(Given::Inactive(token.into(), client_id));
        self
    }

    /// A token that is good in another region than the gate's: requests with it are refused with 401, `Invalid region.`
    /// Can be called again.
    pub fn other_region_token(mut self, token: impl Into<String>) -> Self {
        self.tokens.push(Given::Foreign(token.into()));
        self
    }

    /// Takes any token that the gate does not know for one of this client, so that whoever reaches the gate can send
    /// records. For tests only.
    pub fn allow_any_token(mut self, client_id: i64) -> Self {
        self.any_token = Some(client_id);
        self
    }

    /// A name by which the gate is known besides its address, such as that of a container. What is under `/_gate` is
    /// answered only where the `Host` of a request is the gate's. Can be called again.
    pub fn name(mut self, host: impl Into<String>) -> Self {
        self.names.push(host.into());
        self
    }

    /// How many requests [`Gate::requests`] remembers. Without this call: 1,000.
    pub fn journal(mut self, requests: usize) -> Self {
        self.journal = requests;
        self
    }

    /// How many bytes of bodies [`Gate::requests`] remembers altogether; of one body at most 262,144. Without this call:
    /// 16,777,216.
    pub fn journal_bytes(mut self, bytes: usize) -> Self {
        self.journal_bytes = bytes;
        self
    }

    /// How long a request's body may pause before the gate answers 408 and closes the connection.
    /// Without this call: 60 seconds.
    pub fn read_timeout(mut self, pause: Duration) -> Self {
        self.read_timeout = pause;
        self
    }

    /// How long requests that are under way may take to finish once the gate is stopped. Without this
    /// call: 30 seconds.
    pub fn stop_timeout(mut self, time: Duration) -> Self {
        self.stop_timeout = time;
        self
    }

    /// Opens the database and listens. Must be called within a tokio runtime with time and I/O enabled.
    ///
    /// # Errors
    /// Where no token is of a client, a token is of two clients, the address is taken, a database cannot be opened, or another
    /// gate has it.
    pub async fn start(self) -> Result<Gate, GateError> {
        let roles = Arc::new(Roles::of_push()?);
        let tokens = Tokens::new(self.tokens, self.any_token)?;
        let unheard = |source| GateError::Listen { address: self.listen.clone(), source };
        let listener = TcpListener::bind(&self.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let mut stores = Vec::with_capacity(tokens.clients().len());
        for (index, &client_id) in tokens.clients().iter().enumerate() {
            let reread = routes::reread(Arc::clone(&roles), client_id);
            let owner = Owner { client_id, is_first: index == 0 };
            stores.push((client_id, Store::open(&self.database, owner, reread).await?));
        }
        let intakes = stores.iter().map(|(_, store)| store.intake()).collect();
        let readers = stores.iter().map(|(_, store)| store.reader()).collect();
        let shared = Arc::new(Shared {
            tokens,
            roles,
            intakes,
            readers,
            read_timeout: self.read_timeout,
            room: Room::default(),
            turns: Turns::default(),
            door: Door::new(address, &self.listen, &self.names),
            journal: Journal::new(self.journal, self.journal_bytes),
            faults: Plan::default(),
            magnitudes: Magnitudes::default(),
            metrics: Metrics::new().map_err(|error| GateError::Metrics { source: error.into() })?,
        });
        let patience = Patience { head: self.read_timeout.max(IDLE), stop: self.stop_timeout };
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve(listener, routes::router(Arc::clone(&shared)), patience, stopped));
        Ok(Gate { address, stores, shared, stop, server })
    }
}

/// Shows everything but the tokens themselves.
impl fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clients: Vec<i64> = self.tokens.iter().filter_map(Given::client_id).collect();
        // What follows the scheme may hold a password.
        let scheme = self.database.split_once("://").map_or("", |(scheme, _)| scheme);
        f.debug_struct("GateBuilder")
            .field("listen", &self.listen)
            .field("database", &format_args!("{scheme}://…"))
            .field("tokens_of_clients", &clients)
            .field("any_token_of_client", &self.any_token)
            .field("names", &self.names)
            .field("journal", &self.journal)
            .field("journal_bytes", &self.journal_bytes)
            .field("read_timeout", &self.read_timeout)
            .field("stop_timeout", &self.stop_timeout)
            .finish()
    }
}

/// A running Import API with a database behind it.
///
/// What it answered with 201 is in the database and stays there, however the process ends. Dropping a
/// gate stops it in the background; [`Gate::shutdown`] waits until it has stopped.
#[must_use = "a gate stops when it is dropped"]
pub struct Gate {
    address: SocketAddr,
    /// One for each client; there is at least one.
    stores: Vec<(i64, Store)>,
    shared: Arc<Shared>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Gate {
    /// A builder with the defaults, to which at least a token must be added.
    pub fn builder() -> GateBuilder {
        GateBuilder {
            listen: DEFAULT_ADDRESS.to_owned(),
            database: DEFAULT_DATABASE.to_owned(),
            tokens: Vec::new(),
            any_token: None,
            names: Vec::new(),
            journal: DEFAULT_JOURNAL,
            journal_bytes: DEFAULT_JOURNAL_BYTES,
            read_timeout: DEFAULT_READ_TIMEOUT,
            stop_timeout: DEFAULT_STOP_TIMEOUT,
        }
    }

    /// The base URL for clients, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the gate listens on, with the port that it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The client whose records the gate takes; of several the first.
    #[must_use]
    pub fn client_id(&self) -> i64 {
        self.stores.first().map(|(client_id, _)| *client_id).unwrap_or_default()
    }

    /// The clients whose records the gate takes, in the order in which their tokens were given, each with the place of its
    /// database: the path of a file, or the address of a server with the schema, without user and password.
    pub fn databases(&self) -> impl Iterator<Item = (i64, &str)> {
        self.stores.iter().map(|(client_id, store)| (*client_id, store.location()))
    }

    /// The tables of the first client by name, each with the number of its rows; among them `_sdc_rejected`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn tables(&self) -> Result<Vec<TableSummary>, GateError> {
        self.tables_of(self.client_id()).await
    }

    /// The tables of a client, as of the first by [`Gate::tables`].
    ///
    /// # Errors
    /// [`GateError::NoClient`] where the gate has none of this id; or where the database cannot be read.
    pub async fn tables_of(&self, client_id: i64) -> Result<Vec<TableSummary>, GateError> {
        self.store(client_id)?.reader().tables().await
    }

    /// A table of the first client with at most `limit` rows.
    ///
    /// # Errors
    /// [`GateError::NoTable`] where there is none of this name; or where the database cannot be read.
    pub async fn table(&self, name: &str, limit: usize) -> Result<TableView, GateError> {
        self.table_of(self.client_id(), name, limit).await
    }

    /// A table of a client, as of the first by [`Gate::table`].
    ///
    /// # Errors
    /// [`GateError::NoClient`] where the gate has none of this id, [`GateError::NoTable`] where it has no table of this
    /// name; or where the database cannot be read.
    pub async fn table_of(&self, client_id: i64, name: &str, limit: usize) -> Result<TableView, GateError> {
        self.store(client_id)?.reader().table(name, limit, Order::Key).await
    }

    /// The latest requests that came, the latest first: those of the API, whatever was answered.
    #[must_use]
    pub fn requests(&self) -> Vec<JournalEntry> {
        self.shared.journal.entries()
    }

    /// Has something go wrong with the next request to the API, after all faults that were asked for before.
    ///
    /// # Errors
    /// [`GateError::Fault`] where it could never happen: a status that none is, a header that cannot be sent.
    pub fn fault(&self, fault: Fault) -> Result<(), GateError> {
        if let Some(problem) = fault.problem() {
            return Err(GateError::Fault { problem });
        }
        self.shared.faults.add(None, vec![fault]).map_err(|problem| GateError::Fault { problem })
    }

    /// The faults that have yet to happen.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.faults.left(None)
    }

    /// Empties the gate: the tables of every client are gone, [`Gate::requests`] and [`Gate::faults`] are empty. Tables that somebody else made
    /// in the databases stay.
    ///
    /// # Errors
    /// [`GateError::Reset`] where a database could not be changed. Those of other clients may be empty by then.
    pub async fn reset(&self) -> Result<(), GateError> {
        self.shared.reset(None).await
    }

    fn store(&self, client_id: i64) -> Result<&Store, GateError> {
        let found = self.stores.iter().find(|(known, _)| *known == client_id);
        found.map(|(_, store)| store).ok_or(GateError::NoClient { client_id })
    }

    /// Stops listening, lets requests that are under way finish, and closes the database.
    pub async fn shutdown(self) {
        // The server is gone only where the runtime has stopped it.
        let Gate { stores, shared, stop, server, .. } = self;
        let _ = stop.send(());
        let _ = server.await;
        drop(shared);
        for (_, store) in stores {
            store.close().await;
        }
    }

    /// Serves until `stop` is ready, then shuts down as [`Gate::shutdown`] does.
    pub async fn serve_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.shutdown().await;
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("address", &self.address)
            .field("databases", &self.databases().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
