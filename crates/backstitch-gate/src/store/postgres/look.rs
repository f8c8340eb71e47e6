//! Reads what the tables hold.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Transaction};

use super::catalog::{COLUMNS, Described, described, keys};
use super::declared::{self, declared};
use super::statements::Schema;
use crate::cell::Cell;
use crate::names::{OWN_PREFIX, folded};
use crate::store::kind::Kind;
use crate::store::sql::quote;
use crate::store::table::SYSTEM_COLUMNS;
use crate::store::view::{Order, TableSummary, TableView};

const SYSTEM_PREFIX: &str = "_sdc_";

/// When a row was loaded.
const BATCHED_AT: &str = SYSTEM_COLUMNS[1].0;

/// A table that is asked for.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) limit: usize,
    pub(super) order: Order,
}

/// The tables by name, without those that are the gate's own. Those that somebody has locked are told with what the
/// server last knew of them.
pub(super) async fn tables(
    transaction: &Transaction<'_>,
    schema_name: &str,
    schema: &Schema,
) -> Result<Vec<TableSummary>, Error> {
    let names = "\
        SELECT c.relname::text, greatest(c.reltuples, 0)::bigint FROM pg_catalog.pg_class c \
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY c.relname::text COLLATE \"C\"";
    let mut tables = Vec::new();
    for row in transaction.query(names, &[&schema_name]).await? {
        let name: String = row.try_get(0)?;
        if name.starts_with(OWN_PREFIX) {
            continue;
        }
        transaction.batch_execute("SAVEPOINT counting").await?;
        let (count, locked) = match count(transaction, &schema.name(&name)).await {
            Ok(count) => (count, false),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
                transaction.batch_execute("ROLLBACK TO counting").await?;
                (row.try_get::<_, i64>(1)?.unsigned_abs(), true)
            }
            Err(error) => return Err(error),
        };
        transaction.batch_execute("RELEASE counting").await?;
        tables.push(TableSummary { name, count, locked });
    }
    Ok(tables)
}

async fn count(transaction: &Transaction<'_>, table: &str) -> Result<u64, Error> {
    let count: i64 = transaction.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await?.try_get(0)?;
    Ok(count.unsigned_abs())
}

/// A table with its first rows; `None` where there is none of this name.
pub(super) async fn table(
    transaction: &Transaction<'_>,
    schema_name: &str,
    schema: &Schema,
    wanted: &Wanted<'_>,
) -> Result<Option<TableView>, Error> {
    // Rows of versions that are not active yet wait in tables of the gate's own. And no name has NUL.
    if folded(wanted.name).starts_with(OWN_PREFIX) || wanted.name.contains('\0') {
        return Ok(None);
    }
    let rows = transaction.query(COLUMNS, &[&schema_name, &[wanted.name].as_slice()]).await?;
    let columns = rows.iter().map(described).map(|row| row.map(|(_, column)| column)).collect::<Result<Vec<_>, _>>()?;
    let name = schema.name(wanted.name);
    let is_there = "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2)";
    if columns.is_empty() && !transaction.query_one(is_there, &[&schema_name, &wanted.name]).await?.try_get(0)? {
        return Ok(None);
    }
    let order = order(wanted.order, &columns);
    let (system, data): (Vec<_>, Vec<_>) = columns.iter().partition(|column| column.name.starts_with(SYSTEM_PREFIX));
    let shown: Vec<&Described> = data.into_iter().chain(system).collect();
    let texts: Vec<String> = shown.iter().map(|column| text(column)).collect();
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let select = format!("SELECT {} FROM {name} AS stored ORDER BY {order} LIMIT $1", texts.join(", "));
    let mut view = TableView {
        name: wanted.name.to_owned(),
        columns: shown.iter().map(|column| column.name.clone()).collect(),
        types: shown.iter().map(|column| column.declared.clone()).collect(),
        keys: keys(&columns).into_iter().map(ToOwned::to_owned).collect(),
        rows: Vec::new(),
        count: count(transaction, &name).await?,
    };
    let kinds: Vec<Kind> = shown.iter().map(|column| declared::kind(&column.declared)).collect();
    for row in transaction.query(&select, &[&limit]).await? {
        let cells = kinds.iter().enumerate().map(|(index, kind)| Ok(cell(row.try_get(index)?, *kind)));
        view.rows.push(cells.collect::<Result<_, Error>>()?);
    }
    Ok(Some(view))
}

fn order(order: Order, columns: &[Described]) -> String {
    let keys = keys(columns);
    match order {
        Order::Newest if columns.iter().any(|column| column.name == BATCHED_AT) => {
            format!("stored.{} DESC, stored.ctid DESC", quote(BATCHED_AT))
        }
        Order::Newest => "stored.ctid DESC".to_owned(),
        // Records that were rejected have no key; they are shown in the order in which they came.
        Order::Key if keys.is_empty() => "stored.ctid".to_owned(),
        Order::Key => {
            let is_text = |name: &str| columns.iter().any(|column| column.name == name && column.declared == "text");
            let key = |name: &&str| {
                let collation = if is_text(name) { " COLLATE \"C\"" } else { "" };
                // By the value, not by the text of it that is selected.
                format!("stored.{}{collation}", quote(name))
            };
            keys.iter().map(key).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A column as text: as the server writes it, but for points in time, which are RFC 3339.
fn text(column: &Described) -> String {
    let name = format!("stored.{}", quote(&column.name));
    if column.declared == declared(Kind::Timestamp) {
        return format!("to_char({name}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    }
    format!("{name}::text")
}

fn cell(text: Option<String>, kind: Kind) -> Cell {
    let Some(text) = text else { return Cell::Null };
    match kind {
        Kind::BigInt => text.parse().map_or(Cell::Text(text), Cell::Integer),
        Kind::Boolean => Cell::Boolean(text == "true" || text == "t"),
        Kind::Decimal => Cell::Decimal(text),
        Kind::Double => text.parse().map_or(Cell::Text(text), Cell::Double),
        Kind::Text | Kind::Timestamp => Cell::Text(text),
    }
}
