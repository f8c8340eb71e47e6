//! `backstitch singer`: a target for Singer's taps, in place of `target-stitch`.
//!
//! 1. `input`: lines of the standard input.
//! 2. `message`: a line is a message, whose values stay the text that they are.
//! 3. `target`, `stream`: records wait in the body of their stream, until there are enough or it is time.
//! 4. `delivery`: bodies are sent, some at once, and again where that can help.
//! 5. `order`: a STATE is written once all before it is accepted.

mod check;
mod config;
mod delivery;
mod extracted;
mod input;
mod keys;
mod log;
mod message;
mod order;
mod stream;
mod target;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use backstitch::Client;
use backstitch::api::limits::{DEFAULT_CLIENT_BYTES, RECORDS_PER_REQUEST};

use self::config::Config;
use self::delivery::{Delivery, Patience};
use self::input::Input;
use self::log::Log;
use self::stream::Body;
use self::target::{Limits, Outgoing, Target};
use crate::address::Address;
use crate::exit::usage;
use crate::interrupt::interrupted;

/// How long is waited for what is under way once somebody stops the command.
const GRACE: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The config of `target-stitch`, or JSON with `token` and `client_id` alone
    #[arg(short, long, value_name = "FILE", required_unless_present = "dry_run")]
    config: Option<PathBuf>,
    /// Check records against their schemas and send nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Write the bodies of requests to a file, a line each; `-` is the standard output
    #[arg(short, long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    /// Send once so many records wait
    #[arg(long, value_name = "RECORDS", default_value_t = RECORDS_PER_REQUEST)]
    max_batch_records: usize,
    /// Send once so many bytes wait, and at most so many in a request
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_CLIENT_BYTES)]
    max_batch_bytes: usize,
    /// Send after so many seconds at the latest, also where no input comes
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    batch_delay_seconds: Duration,
    /// Try a request again for so many seconds after it failed, before giving up
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    retry_seconds: Duration,
    /// Wait so many seconds for an answer, and one more for each 100 kB
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = some_seconds)]
    timeout: Duration,
    /// Tell of each request
    #[arg(short, long)]
    verbose: bool,
    /// Tell of warnings and errors alone
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    address: Address,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds".to_owned())?;
    if seconds.is_nan() || seconds < 0.0 {
        return Err("write a number of seconds from 0 on".to_owned());
    }
    // What is longer than all times never comes.
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn some_seconds(text: &str) -> Result<Duration, String> {
    let seconds = seconds(text)?;
    if seconds.is_zero() {
        Err("no answer comes in no time: write more than 0 seconds".to_owned())
    } else {
        Ok(seconds)
    }
}

impl Arguments {
    fn log(&self) -> Log {
        match (self.quiet, self.verbose) {
            (_, true) => Log::Verbose,
            (true, false) => Log::Quiet,
            (false, false) => Log::Usual,
        }
    }

    /// Where bodies go: none in a dry run.
    fn recipient(&self) -> anyhow::Result<Option<Recipient>> {
        let Some(path) = self.config.as_ref().filter(|_| !self.dry_run) else { return Ok(None) };
        let config = Config::read(path)?;
        let small = self.client(&config, config.small_batch_url.as_deref())?;
        let big_url = config.big_batch_url.as_deref().or(config.small_batch_url.as_deref());
        let big = self.client(&config, big_url)?;
        Ok(Some(Recipient { in_flight: config.in_flight()?, config, small, big }))
    }

    fn client(&self, config: &Config, batch_url: Option<&str>) -> anyhow::Result<Client> {
        let client = Client::builder().client_id(config.client_id()?).token(config.token()?).timeout(self.timeout);
        let client = self.address.of(client)?;
        // An address on the command line is meant for this run; that of the environment may be meant for others.
        let client = match (batch_url, &config.url) {
            _ if self.address.asked().is_some() => client,
            (Some(batch_url), _) => client.batch_url(batch_url),
            (None, Some(url)) => client.base_url(url),
            (None, None) => client,
        };
        // An address or a token that is none.
        client.build().map_err(|error| usage(error.to_string()))
    }
}

/// Who gets the bodies.
struct Recipient {
    config: Config,
    in_flight: usize,
    small: Client,
    big: Client,
}

impl Recipient {
    fn client(&self, body: &Body) -> &Client {
        let is_big = body.bytes.len() > DEFAULT_CLIENT_BYTES || self.config.prefers_big(&body.stream);
        if is_big { &self.big } else { &self.small }
    }
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let log = arguments.log();
    let recipient = arguments.recipient()?;
    let output = arguments.output_file.as_deref().map(output).transpose()?;
    let limits = Limits {
        records: arguments.max_batch_records,
        bytes: arguments.max_batch_bytes,
        delay: arguments.batch_delay_seconds,
    };
    let in_flight = recipient.as_ref().map_or(1, |recipient| recipient.in_flight);
    let patience = Patience { in_flight, retry: arguments.retry_seconds };
    let target = Target::new(limits, arguments.dry_run, log);
    let delivery = Delivery::new(patience, log);
    let mut run = Run { target, delivery, recipient, output, log };
    tokio::select! {
        // First, so that the signals are heard before anything is sent.
        biased;
        () = interrupted() => run.stop().await,
        outcome = run.all() => outcome,
    }
}

/// Where bodies are written.
fn output(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdout()));
    }
    let created = File::create(path).map_err(|error| usage(format!("can't write to {}: {error}", path.display())));
    Ok(Box::new(created?))
}

/// All that takes part in a run.
struct Run {
    target: Target,
    delivery: Delivery,
    recipient: Option<Recipient>,
    output: Option<Box<dyn Write>>,
    log: Log,
}

impl Run {
    /// Delivers all input.
    async fn all(&mut self) -> anyhow::Result<()> {
        let mut input = Input::start();
        let read = self.read(&mut input).await;
        let rest = match &read {
            Ok(()) => self.rest().await,
            // What is under way may still be accepted, and what it says of the state is true. What waits is not sent:
            // whoever mends the line starts at the state before it.
            Err(_) => self.delivery.all().await,
        };
        match (read, rest) {
            (Err(read), Err(rest)) if rest.to_string() != read.to_string() => Err(read.context(rest)),
            (read, rest) => read.and(rest),
        }
    }

    async fn read(&mut self, input: &mut Input) -> anyhow::Result<()> {
        loop {
            while self.target.outgoing.is_empty() {
                let Some((number, line)) = input.line()? else { break };
                self.target.line(number, line)?;
            }
            self.hand_over().await?;
            // Something may have been sent in the midst of a chunk.
            if input.has_line() {
                continue;
            }
            let due = self.target.due();
            let timer = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                ended = self.delivery.one() => ended?,
                more = input.more() => if !more? { return Ok(()) },
                () = timer => self.target.flush()?,
            }
        }
    }

    /// Sends all that waits, and waits until it is accepted.
    async fn rest(&mut self) -> anyhow::Result<()> {
        self.hand_over().await?;
        self.target.flush()?;
        self.hand_over().await?;
        self.delivery.all().await
    }

    async fn hand_over(&mut self) -> anyhow::Result<()> {
        while let Some(next) = self.target.outgoing.front() {
            // It is taken once there is room, so that nothing is lost where somebody stops to wait.
            if let (Outgoing::Body(body, _), Some(_)) = (next, &self.recipient) {
                self.delivery.room_for(body).await?;
            }
            match self.target.outgoing.pop_front() {
                Some(Outgoing::Body(body, state)) => self.body(body, state)?,
                Some(Outgoing::State(state)) => self.delivery.state(state)?,
                None => {}
            }
        }
        Ok(())
    }

    fn body(&mut self, body: Body, state: Option<Box<str>>) -> anyhow::Result<()> {
        if let Some(output) = &mut self.output {
            output
                .write_all(&body.bytes)
                .and_then(|()| output.write_all(b"\n"))
                .context("can't write to the --output-file")?;
        }
        match &self.recipient {
            Some(recipient) => self.delivery.send(recipient.client(&body), body, state),
            None => {
                self.log.info(format_args!("{} ({}): the batch is valid", body.stream, body.lines.len()));
                state.map_or(Ok(()), |state| self.delivery.state(state))?;
            }
        }
        Ok(())
    }

    /// Sends what waits, since it is there, but does not wait long.
    async fn stop(&mut self) -> anyhow::Result<()> {
        self.log.warn(format_args!("stopped: sending what was read"));
        match tokio::time::timeout(GRACE, self.rest()).await {
            Ok(Ok(())) => bail!("it was stopped before the end of the input; all that was read is accepted"),
            Ok(Err(error)) => Err(error.context("it was stopped before the end of the input")),
            Err(_) => bail!(
                "it was stopped before the end of the input, and not all of what was read is accepted: the next run \
                 goes on from the last STATE"
            ),
        }
    }
}
