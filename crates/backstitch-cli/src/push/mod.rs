//! `backstitch push`: files of records into a table.
//!
//! 1. `crate::input` reads chunks of records, in a thread of its own.
//! 2. `shape`: fields under other names, sequences of their own.
//! 3. `feed` hands the records over to a sender.
//! 4. `settle` waits until it is known what became of them, and says in the position file how far that is.
//! 5. `watch` tells how far it is, and sees when nothing gets through.

mod dry_run;
mod feed;
mod letters;
mod paths;
mod position;
mod report;
mod settle;
pub(crate) mod shape;
mod target;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use backstitch::api::limits::{DEFAULT_CLIENT_BYTES, GREATEST_CLIENT_BYTES};
use backstitch::{Client, Sender, Sequences, Summary, Table};
use tokio::sync::mpsc;

use self::feed::Feed;
use self::paths::Named;
use self::position::{PositionFile, SCHEMA};
use self::report::{Far, Log, Report};
use self::settle::{Limit, Rejects, Settle};
use self::shape::Shape;
pub(crate) use self::target::{Endpoint, Target};
use crate::account::{Account, Settings};
use crate::exit::{Exit, usage};
use crate::input::{self, File};
use crate::interrupt::interrupted;
use crate::spool::count;

/// How often it is looked how far it is.
const LOOK: Duration = Duration::from_millis(100);

/// After so many looks that find the same trouble it is told.
const LOOKS_TO_TELL: u32 = 10;

/// How long what was read is still sent, where no more is read.
const LAST: Duration = Duration::from_secs(5);

/// How many chunks are read ahead.
const AHEAD: usize = 4;

/// How many chunks can wait until it is known what became of them. The sender's memory bounds them before.
const WAITING: usize = 1024;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The files, in the order in which they are sent; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
    /// Print what would be sent, and send nothing: push records, one a line, or bodies of batches
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    delivery: Delivery,
    #[command(flatten)]
    reading: input::Options,
    #[command(flatten)]
    account: Account,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Delivery")]
struct Delivery {
    /// A file that says how far the run is; a run that was interrupted, by whatever it was, goes on there
    #[arg(long, value_name = "POSITION_FILE")]
    resume: Option<PathBuf>,
    /// A file that keeps records until they are accepted
    #[arg(long, value_name = "FILE")]
    spool: Option<PathBuf>,
    /// A file that records go to which are rejected, with the reason; without it beside the spool, if there is one
    #[arg(long, value_name = "FILE")]
    dead_letter: Option<PathBuf>,
    /// Stop when more records than this are rejected; without it at the first, unless there is a file that they go to
    #[arg(long, value_name = "RECORDS")]
    max_rejects: Option<u64>,
    /// How many requests are made at once, from 1 to 256
    #[arg(long, value_name = "REQUESTS", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// How many bytes a request has at most, and so a record: up to 20,000,000, of which not each way takes as many
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_CLIENT_BYTES, value_parser = request_bytes)]
    request_bytes: usize,
    /// Give up after so many seconds in which nothing was accepted
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// What is written where there is no terminal
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    log: Log,
}

fn request_bytes(text: &str) -> Result<usize, String> {
    let bytes = text.parse().ok().filter(|bytes| (1_000..=GREATEST_CLIENT_BYTES).contains(bytes));
    bytes.ok_or_else(|| format!("write a number of bytes from 1000 to {GREATEST_CLIENT_BYTES}"))
}

impl Delivery {
    /// Where rejected records go.
    fn letters(&self) -> Option<PathBuf> {
        let beside = self.spool.as_ref().map(|spool| {
            let mut name = spool.as_os_str().to_owned();
            name.push(".rejected.jsonl");
            PathBuf::from(name)
        });
        self.dead_letter.clone().or(beside)
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let report = Arc::new(Report::new(arguments.delivery.log));
    let outcome = match prepare(&arguments) {
        Ok(prepared) if arguments.dry_run => dry_run(&arguments, &prepared, &report),
        Ok(prepared) => send(&arguments, prepared, &report).await,
        Err(error) => Err(error),
    };
    outcome.map_err(|error| report.failed(error))
}

/// What is known before anything is sent.
struct Prepared {
    settings: Settings,
    files: Vec<File>,
    shape: Shape,
}

/// All that can be said about the options before anything is read.
fn prepare(arguments: &Arguments) -> anyhow::Result<Prepared> {
    let settings = arguments.account.settings()?;
    let is_stdin = |path: &PathBuf| path == Path::new("-");
    if arguments.files.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(usage("the standard input is named twice: it can be read once"));
    }
    if arguments.delivery.resume.is_some() {
        for path in &arguments.files {
            input::read_twice(path, "--resume needs it: leave that out")?;
        }
    }
    let shape = arguments.target.shape()?;
    settings.client_id()?;
    if !arguments.dry_run {
        settings.token()?;
        check_paths(arguments, &settings)?;
    }
    let files = arguments.reading.files(&arguments.files)?;
    Ok(Prepared { settings, files, shape })
}

/// No file that is written may be another one too.
fn check_paths(arguments: &Arguments, settings: &Settings) -> anyhow::Result<()> {
    let delivery = &arguments.delivery;
    let letters = delivery.letters();
    let mut named: Vec<Named<'_>> = Vec::new();
    let read = |path| Named { by: "what is read", path, is_written: false };
    named.extend(arguments.files.iter().filter(|path| *path != Path::new("-")).map(|path| read(path.as_path())));
    named.extend([&arguments.target.schema, &settings.config].into_iter().flatten().map(|path| read(path.as_path())));
    let written = [
        ("--resume", delivery.resume.as_deref()),
        ("--spool", delivery.spool.as_deref()),
        (
            if delivery.dead_letter.is_some() { "--dead-letter" } else { "the dead letters of --spool" },
            letters.as_deref(),
        ),
    ];
    named.extend(written.into_iter().filter_map(|(by, path)| Some(Named { by, path: path?, is_written: true })));
    paths::check(&named)
}

fn dry_run(arguments: &Arguments, prepared: &Prepared, report: &Report) -> anyhow::Result<Exit> {
    let Prepared { settings, files, shape } = prepared;
    let table = arguments.target.table(files, shape, |text| report.note(text))?;
    let recipient = dry_run::Recipient {
        client_id: settings.client_id()?,
        table: &table,
        endpoint: arguments.target.endpoint,
        request_bytes: arguments.delivery.request_bytes,
    };
    dry_run::run(recipient, files, shape, report)
}

/// Why a run ends.
enum End {
    /// All was read and handed over, or it could not be.
    Fed(anyhow::Result<()>),
    /// What is known of records leaves no reason to go on.
    Settled(anyhow::Result<()>),
    /// Nothing gets through.
    Stuck(String),
    Interrupted,
}

async fn send(arguments: &Arguments, prepared: Prepared, report: &Arc<Report>) -> anyhow::Result<Exit> {
    // What the library says to those who listen to no events is told as all else is.
    let _ = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::new());
    let Prepared { settings, files, shape } = prepared;
    report.show(files.iter().map(|file| std::fs::metadata(&file.path).ok().map(|found| found.len())).sum());
    let delivery = &arguments.delivery;
    let table = arguments.target.table(&files, &shape, |text| report.note(text))?;
    let position = delivery.resume.as_deref().map(|path| {
        let paths: Vec<&Path> = files.iter().map(|file| file.path.as_path()).collect();
        PositionFile::open(path, &paths, bound(arguments, &settings, &files, &table))
    });
    let position = position.transpose()?;
    let (first, from) = position.as_ref().map_or_else(Default::default, PositionFile::place);
    let before = position.as_ref().map_or(0, PositionFile::rejected);
    let is_at_start = position.as_ref().is_none_or(PositionFile::is_at_start);
    if let Some(position) = &position {
        if position.is_done() && delivery.spool.is_none() {
            return Ok(tell_done(before, report));
        }
        if !is_at_start && let Some(file) = files.get(first) {
            report.note(&format!("going on in {} after line {}", file.name(), from.line));
        }
    }
    let sequences = Sequences::new();
    sequences.raise(position.as_ref().map_or(i64::MIN, PositionFile::sequence));
    // Before the position is written, which has the address in it: one with a password is refused here.
    let client = settings.client_of(sequences, delivery.request_bytes)?;
    if let Some(position) = &position {
        position.begin()?;
    }
    let sender = start(arguments, &client).await?;
    let most = delivery.max_rejects.unwrap_or(if delivery.letters().is_some() { u64::MAX } else { 0 });
    let limit = Limit { most, before };
    let rejects = Arc::new(Rejects::new(limit, delivery.letters(), table.name(), Arc::clone(report)));
    let read = Arc::new(AtomicU64::new(0));
    let files = Arc::new(files);
    let (chunks, to_feed) = mpsc::channel(AHEAD);
    feed::read(Arc::clone(&files), (first, from), Arc::clone(&read), chunks)?;
    let position = position.map(|file| Arc::new(std::sync::Mutex::new(file)));
    let (batches, to_settle) = mpsc::channel(WAITING);
    // What is in the spool is kept, whatever becomes of it.
    let is_passed = delivery.spool.is_some();
    let of_feed = position.clone().filter(|_| is_passed);
    let settle = Settle { rejects: Arc::clone(&rejects), files: Arc::clone(&files), position, is_passed };
    let mut settling = tokio::spawn(settle.run(to_settle));
    let feed =
        Feed { sender: &sender, table: &table, shape: &shape, files: &files, rejects: &rejects, position: of_feed };
    let far = || {
        let status = sender.status();
        Far { records: status.accepted, rejected: rejects.count(), bytes: read.load(Ordering::Relaxed) }
    };
    let end = {
        let feeding = async {
            feed.run(to_feed, batches).await?;
            sender.flush().await;
            Ok(())
        };
        tokio::select! {
            fed = feeding => End::Fed(fed),
            settled = &mut settling => End::Settled(settled.context("a task ended").and_then(|settled| settled)),
            why = watch(&sender, delivery.timeout, report, || report.far(far())) => End::Stuck(why),
            () = interrupted() => End::Interrupted,
        }
    };
    if matches!(end, End::Interrupted) {
        report.note(&format!("interrupted: what was read is sent, for at most {} seconds", LAST.as_secs()));
    }
    // Where all was handed over, either task may be the first to end.
    let is_all_read = matches!(end, End::Fed(Ok(())) | End::Settled(Ok(())));
    let last = if is_all_read || matches!(end, End::Stuck(_)) { Duration::ZERO } else { LAST };
    let closed = sender.close_within(last).await;
    // All is known now.
    let settled = match &end {
        End::Settled(_) => Ok(()),
        _ => settling.await.context("a task ended")?,
    };
    let summary = closed?;
    let (accepted, rejected) = (summary.accepted, rejects.count());
    let mut text = format!("{} accepted", count(accepted, "record"));
    if rejected > 0 {
        text += &format!(", {rejected} rejected");
    }
    if summary.spooled > 0 {
        text += &format!(", {} in the spool", summary.spooled);
    }
    if summary.lost > 0 {
        text += &format!(", {} that were read are not, as far as is known", summary.lost);
    }
    report.end(&text, Far { records: accepted, rejected, bytes: read.load(Ordering::Relaxed) });
    if is_at_start && is_all_read {
        shape.unmet().for_each(|told| report.note(&told));
    }
    tell_end(delivery, end, settled, &summary, &rejects, is_at_start)
}

/// The end of a run that has nothing to do.
fn tell_done(rejected: u64, report: &Report) -> Exit {
    let (tail, exit) = match rejected {
        0 => (String::new(), Exit::Done),
        _ => (format!(", but for {} rejected", count(rejected, "record")), Exit::SomeRejected),
    };
    report.end(&format!("all of it was sent before{tail}: nothing is to be done"), Far { rejected, ..Far::default() });
    exit
}

/// The options that say what is sent from the files, and where: a position is bound to them.
fn bound(arguments: &Arguments, settings: &Settings, files: &[File], table: &Table) -> Vec<(String, String)> {
    let target = &arguments.target;
    let renames: Vec<String> = target.rename.iter().map(|rename| format!("{}={}", rename.from, rename.to)).collect();
    let read: Vec<String> = files.iter().map(|file| format!("{:?} {:?}", file.format, file.compression)).collect();
    let schema = table
        .json_schema()
        .map_or_else(String::new, |schema| format!("{:08x}", crc32fast::hash(schema.to_string().as_bytes())));
    let spool = arguments.delivery.spool.as_ref().map_or_else(String::new, |spool| spool.display().to_string());
    [
        ("--table", target.table.clone()),
        ("--key", target.key.join(",")),
        ("--endpoint", format!("{:?}", target.endpoint).to_lowercase()),
        (SCHEMA, schema),
        ("--sequence-field", target.sequence_field.clone().unwrap_or_default()),
        ("--rename", renames.join(",")),
        ("--format and --compression", read.join(",").to_lowercase()),
        ("--delimiter", arguments.reading.delimiter.map_or_else(String::new, |byte| char::from(byte).to_string())),
        ("--types", arguments.reading.types.join(",")),
        ("--null", arguments.reading.nulls.join(",")),
        ("--client-id", settings.client_id.unwrap_or_default().to_string()),
        ("--url", settings.base_url.clone()),
        ("--spool", spool),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

async fn start(arguments: &Arguments, client: &Client) -> anyhow::Result<Sender> {
    let delivery = &arguments.delivery;
    let mut builder = client.sender().concurrency(delivery.concurrency.into());
    if arguments.target.endpoint == Endpoint::Batch {
        builder = builder.batch();
    }
    if let Some(spool) = &delivery.spool {
        builder = builder.spool(spool);
    }
    if let Some(letters) = delivery.letters() {
        builder = builder.dead_letters(letters);
    }
    Ok(builder.start().await?)
}

/// Looks how far it is, until nothing gets through; then says why.
async fn watch(sender: &Sender, timeout: u64, report: &Report, mut far: impl FnMut()) -> String {
    let mut looks = tokio::time::interval(LOOK);
    let (mut known, mut since) = (0, Instant::now());
    let mut troubled = (String::new(), 0);
    loop {
        looks.tick().await;
        far();
        let status = sender.status();
        if status.is_held
            && let Some(trouble) = status.trouble
        {
            return trouble;
        }
        // What is over soon is not worth a line.
        troubled = match &status.trouble {
            Some(trouble) if *trouble == troubled.0 => (troubled.0, troubled.1 + 1),
            trouble => (trouble.clone().unwrap_or_default(), 0),
        };
        if troubled.1 == LOOKS_TO_TELL && !troubled.0.is_empty() {
            report.note(&format!("requests fail, and are sent again: {}", troubled.0));
        }
        let now_known = status.accepted + status.rejected;
        if now_known > known || status.waiting_records == 0 {
            (known, since) = (now_known, Instant::now());
        }
        if since.elapsed().as_secs() >= timeout {
            let why = status.trouble.map_or_else(String::new, |trouble| format!(": {trouble}"));
            return format!("nothing was accepted for {timeout} seconds{why}");
        }
    }
}

/// Succeeds if all was read and either accepted or rejected; otherwise says what is to be done.
fn tell_end(
    delivery: &Delivery,
    end: End,
    settled: anyhow::Result<()>,
    summary: &Summary,
    rejects: &Rejects,
    is_at_start: bool,
) -> anyhow::Result<Exit> {
    let go_on = match (&delivery.resume, &delivery.spool) {
        (Some(_), _) => "start it again to go on where it was",
        (None, Some(_)) => {
            "what was read is in the spool: `backstitch spool replay` sends it, and so does the next run, which reads the files \
             from their start again unless --resume says where it was"
        }
        (None, None) => "with --resume POSITION_FILE a run goes on where it was",
    };
    let left = summary.spooled + summary.lost;
    match end {
        End::Fed(Err(error)) | End::Settled(Err(error)) => {
            return Err(error.context_if(delivery.resume.is_some(), go_on));
        }
        End::Stuck(why) => {
            let rest = match left {
                1 => "1 record that was read is not sent".to_owned(),
                left => format!("{left} records that were read are not sent"),
            };
            bail!("{why}; {rest}; {go_on}")
        }
        End::Interrupted => bail!("interrupted; {go_on}"),
        End::Settled(Ok(())) | End::Fed(Ok(())) => settled?,
    }
    if left > 0 {
        let why = summary.trouble.as_deref().unwrap_or("the sender ended");
        bail!("{why}; {go_on}");
    }
    match (rejects.count(), summary.accepted) {
        (0, _) if rejects.count_of_all() == 0 => Ok(Exit::Done),
        (0, _) => {
            let told = format!("{} rejected by the runs before", count(rejects.count_of_all(), "record"));
            rejects.report.note(&told);
            Ok(Exit::SomeRejected)
        }
        (rejected, 0) if is_at_start => {
            bail!("nothing was sent: {} rejected{}", count(rejected, "record"), rejects.what_to_do())
        }
        (rejected, _) => {
            rejects.report.note(&format!("{} rejected{}", count(rejected, "record"), rejects.what_to_do()));
            Ok(Exit::SomeRejected)
        }
    }
}

/// Adds what to do to an error.
trait ContextIf {
    fn context_if(self, is_so: bool, what: &'static str) -> anyhow::Error;
}

impl ContextIf for anyhow::Error {
    fn context_if(self, is_so: bool, what: &'static str) -> anyhow::Error {
        if !is_so || self.is::<crate::exit::Usage>() {
            return self;
        }
        anyhow::anyhow!("{self:#}; {what}")
    }
}
