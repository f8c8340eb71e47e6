//! `backstitch demo`: from a struct to rows in a database, on this machine alone.

use std::collections::HashMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use backstitch::{Client, Push, PushBody};
use backstitch_gate::{Cell, Gate};
use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::say;
use crate::{grid, request};

/// The client that the demo's records belong to: that of the API's own example.
const CLIENT_ID: i64 = 7723;

/// A token for the demo's gate, which lives as long as the demo.
const TOKEN: &str = "at_demo";

/// The sequence of a customer's first version; the numbers are milliseconds.
const FIRST: i64 = 1_565_880_017_000;

/// How many records go into a request.
const BATCH: usize = 500;

/// System columns that would make the table too wide for most terminals.
const HIDDEN: [&str; 2] = ["_sdc_batched_at", "_sdc_table_version"];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many records to push at first
    #[arg(long, value_name = "COUNT", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    records: u32,
    /// Keep the database
    #[arg(long)]
    keep: bool,
}

/// Where a customer lives.
#[derive(Push)]
struct Address {
    city: String,
    postcode: Option<String>,
}

/// A customer.
#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(example = 1)]
    id: i64,
    #[push(example = "Finn")]
    name: String,
    plan: &'static str,
    balance: f64,
    active: bool,
    address: Address,
}

fn customer(id: i64, plan: &'static str) -> Customer {
    const NAMES: [&str; 5] = ["Finn", "Jake", "Bonnibel", "Marceline", "Simon"];
    const CITIES: [&str; 4] = ["Philadelphia", "Frankfurt am Main", "São Paulo", "大阪"];
    let pick = |from: &[&'static str]| from[usize::try_from(id).unwrap_or_default() % from.len()];
    Customer {
        id,
        name: format!("{} {id}", pick(&NAMES)),
        plan,
        // Two decimals, and exact in both.
        balance: f64::from(i32::try_from(id % 1_000).unwrap_or_default()) * 0.25,
        active: id % 7 != 0,
        address: Address { city: pick(&CITIES).to_owned(), postcode: (id % 3 != 0).then(|| format!("{id:05}")) },
    }
}

/// The versions that are pushed, in the order in which they are.
struct Wave {
    title: &'static str,
    plan: &'static str,
    /// What is added to [`FIRST`].
    sequence: i64,
    /// Every how many-th customer gets this version.
    every: i64,
}

const WAVES: [Wave; 3] = [
    Wave { title: "first versions", plan: "free", sequence: 0, every: 1 },
    Wave { title: "newer versions", plan: "paid", sequence: 1_000, every: 5 },
    Wave { title: "older versions", plan: "stale", sequence: -1_000, every: 3 },
];

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("backstitch-demo-").tempdir().context("no temporary folder")?;
    let database = folder.path().join("gate.db");
    let gate = Gate::builder()
        .listen("127.0.0.1:0")
        .database(format!("sqlite://{}", database.display()))
        .token(TOKEN, CLIENT_ID)
        .start()
        .await
        .context("the local Import API does not start")?;
    say!("A local Import API is at {}, with SQLite behind it.\n", gate.url());

    let sent = push_all(&gate, arguments).await?;
    say!("The first request, as sent:\n\n{}\n", sent.first_request);

    let shown = report(&gate, arguments, &sent).await;
    gate.shutdown().await;
    shown?;
    if arguments.keep {
        let kept = folder.keep();
        say!("\nThe database is {}", kept.join("gate.db").display());
        say!("Look into it with: sqlite3 {} 'SELECT * FROM customers LIMIT 5'", kept.join("gate.db").display());
    } else {
        say!("\nThe database was {}; it is gone with the demo (keep it with --keep)", shown_path(&database));
    }
    Ok(())
}

fn shown_path(path: &Path) -> String {
    path.display().to_string()
}

/// What was sent.
struct Sent {
    first_request: String,
    /// The records of each wave.
    records: Vec<usize>,
    requests: usize,
    bytes: usize,
    seconds: f64,
}

async fn push_all(gate: &Gate, arguments: &Arguments) -> anyhow::Result<Sent> {
    let client = Client::builder().client_id(CLIENT_ID).token(TOKEN).base_url(gate.url()).build()?;
    let count = i64::from(arguments.records);
    let ids = |wave: &Wave| -> Vec<i64> { (1..=count).filter(|id| id % wave.every == 0).collect() };
    let total: usize = WAVES.iter().map(|wave| ids(wave).len()).sum();
    let bar = progress(total);
    let mut sent = Sent { first_request: String::new(), records: Vec::new(), requests: 0, bytes: 0, seconds: 0.0 };
    let started = Instant::now();
    for wave in &WAVES {
        bar.set_message(wave.title);
        let ids = ids(wave);
        for batch in ids.chunks(BATCH) {
            let mut body = PushBody::json(CLIENT_ID);
            for id in batch {
                body.push(&customer(*id, wave.plan), FIRST + id + wave.sequence)?;
            }
            if sent.first_request.is_empty() {
                sent.first_request = request::show(client.base_url(), &body.clone().finish(), batch.len());
            }
            sent.bytes += body.bytes();
            client.push_body(body).await?;
            sent.requests += 1;
            bar.inc(batch.len() as u64);
        }
        sent.records.push(ids.len());
    }
    sent.seconds = started.elapsed().as_secs_f64();
    bar.finish_and_clear();
    Ok(sent)
}

fn progress(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg:15} [{bar:40}] {human_pos}/{human_len} records") {
        bar.set_style(style.progress_chars("=> "));
    }
    if !std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr(), "pushing {total} records …");
    }
    bar
}

/// Reads the table back, counts what became of every version, and shows the rows.
async fn report(gate: &Gate, arguments: &Arguments, sent: &Sent) -> anyhow::Result<()> {
    let rows = usize::try_from(arguments.records).context("more records than this machine can count")?;
    let table = gate.table(Customer::TABLE_NAME, rows).await.context("the table can't be read")?;
    let plan = table.columns.iter().position(|name| name == "plan").context("the table has no column `plan`")?;
    let mut plans: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        if let Some(Cell::Text(plan)) = row.get(plan) {
            *plans.entry(plan.clone()).or_default() += 1;
        }
    }
    let of = |wave: &Wave| plans.get(wave.plan).copied().unwrap_or_default();
    say!(
        "Sent:      {} records in {} requests, {} bytes",
        sent.records.iter().sum::<usize>(),
        sent.requests,
        sent.bytes
    );
    say!("Took:      {:.2} s", sent.seconds);
    say!("Table:     {} rows in `{}`", table.count, Customer::TABLE_NAME);
    for (wave, records) in WAVES.iter().zip(&sent.records) {
        say!("           {records} {} sent, {} of them stand", wave.title, of(wave));
    }
    say!("");
    let newest = sent.records[1];
    ensure!(table.count == u64::from(arguments.records), "the table should have a row for each customer");
    ensure!(of(&WAVES[1]) == newest && of(&WAVES[2]) == 0, "the newest version of every customer should stand");
    let first = gate.table(Customer::TABLE_NAME, 10).await.context("the table can't be read")?;
    say!("{}", grid::of(&first, &HIDDEN));
    say!("Not shown: the rest of the rows, and the columns {}.", HIDDEN.join(" and "));
    Ok(())
}
