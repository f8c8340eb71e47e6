//! Opens a PostgreSQL database, and the thread that writes to it.

use std::thread;
use std::time::Duration;

use tokio_postgres::Client;

use super::connection::{SILENT, connect};
use super::location::{self, NAME_BYTES};
use super::own::{self, FORMAT};
use super::reader::Reader;
use super::session::Session;
use super::statements::Schema;
use super::writer::{LOOK, Writer};
use super::{Postgres, location::parse};
use crate::GateError;
use crate::store::intake::{Intake, Reread};
use crate::store::marks::Marks;
use crate::store::outage::Outage;
use crate::store::sql::quote;
use crate::store::{Owner, Store};

/// The oldest server that has all that is asked of it.
const OLDEST: i32 = 13;

/// How long to set a schema up may take, other gates that do it at the same time included.
const LONGEST: Duration = Duration::from_secs(60);

/// That of all texts that are sent.
const ENCODING: &str = "UTF8";

/// What gates that open one database at the same time wait for.
const OPENING: i64 = 0x6261_636b_7374_6974;

/// Opens the database of a client, and sets it up where it is new.
///
/// # Errors
/// Where the server can't be reached, is too old, or the schema is another client's.
pub(crate) async fn open(url: &str, owner: Owner, reread: Reread) -> Result<Store, GateError> {
    let config = parse(url)?;
    let address = location::address(&config);
    let failed = |source: tokio_postgres::Error| GateError::Open { database: address.clone(), source: source.into() };
    let mut client = connect(&config).await.map_err(|source| GateError::Open { database: address.clone(), source })?;
    let settings = "SELECT current_setting('server_encoding'), current_setting('server_version_num')::integer";
    let settings = client.query_one(settings, &[]).await.map_err(failed)?;
    let encoding: String = settings.try_get(0).map_err(failed)?;
    if encoding != ENCODING {
        let problem = format!("the database's encoding is {encoding}; {ENCODING} is needed");
        return Err(GateError::Open { database: address, source: problem.into() });
    }
    let version: i32 = settings.try_get(1).map_err(failed)?;
    if version / 10_000 < OLDEST {
        let problem = format!("the server is PostgreSQL {}; {OLDEST} or newer is needed", version / 10_000);
        return Err(GateError::Open { database: address, source: problem.into() });
    }
    let schema_name = schema_of(&client, owner).await.map_err(failed)?;
    let Some(schema_name) = schema_name else {
        let problem = "the search path names no schema that there is: make it with CREATE SCHEMA";
        return Err(GateError::Open { database: address, source: problem.into() });
    };
    let location = format!("{address}, schema {schema_name}");
    let failed = |source: tokio_postgres::Error| GateError::Open { database: location.clone(), source: source.into() };
    let prepared = tokio::time::timeout(LONGEST, prepare(&mut client, &schema_name, owner)).await;
    let Ok(marks) = prepared else { return Err(GateError::Open { database: location, source: SILENT.into() }) };
    let marks = marks.map_err(failed)?;
    marks.check(&location, FORMAT, owner.client_id)?;
    let reader = Reader::new(config.clone(), schema_name.clone(), client);
    let (intake, jobs) = Intake::new();
    intake.tick(LOOK);
    let outage = Outage::new(location.clone());
    let session = Session::new(config, schema_name)
        .map_err(|source| GateError::Open { database: location.clone(), source: source.into() })?;
    let writer = Writer::new(Postgres::new(session), reread, outage);
    let writer = thread::Builder::new()
        .name("backstitch-gate-store".to_owned())
        .spawn(move || writer.run(jobs))
        .map_err(|source| GateError::Open { database: location.clone(), source: source.into() })?;
    Ok(Store { location, intake, writer, reader: crate::store::reader::Reader::Postgres(reader) })
}

/// The schema of a client: the first one's is that of the connection, each other has one beside it.
async fn schema_of(client: &Client, owner: Owner) -> Result<Option<String>, tokio_postgres::Error> {
    let row = client.query_one("SELECT current_schema()::text", &[]).await?;
    let first: Option<String> = row.try_get(0)?;
    if owner.is_first {
        return Ok(first);
    }
    let beside = |first: String| {
        let ending = format!("_{}", owner.client_id);
        let mut end = first.len().min(NAME_BYTES - ending.len());
        while !first.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}{ending}", &first[..end])
    };
    Ok(first.map(beside))
}

/// Sets the schema up; what it says of itself, which for a new one is what this gate says.
pub(crate) async fn prepare(
    client: &mut Client,
    schema_name: &str,
    owner: Owner,
) -> Result<Marks, tokio_postgres::Error> {
    let schema = Schema::new(schema_name);
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&OPENING]).await?;
    let is_there = "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2)";
    let is_there: bool = transaction.query_one(is_there, &[&schema_name, &own::MARKS]).await?.try_get(0)?;
    if !is_there {
        if !owner.is_first {
            transaction.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", quote(schema_name))).await?;
        }
        transaction.batch_execute(&own::create(&schema)).await?;
    }
    let marks = own::marks(&transaction, &schema, owner.client_id).await?;
    transaction.commit().await?;
    Ok(marks)
}
