//! Kills, one after the other, and what there is in the end.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use backstitch_gate::{Cell, Gate};
use fastrand::Rng;
use tempfile::TempDir;

use crate::process::Process;
use crate::record::{Record, Version};

/// Between the versions of one process and those of the next one: more than it can hand over.
const VERSIONS: i64 = 10_000_000;

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    Sender,
    Gate,
    /// One of them, or both at once.
    Either,
}

pub(crate) struct Killing {
    victim: Victim,
    seed: u64,
    random: Rng,
    folder: TempDir,
    address: String,
    gate: Option<Process>,
    sender: Option<Process>,
    record: Record,
    next_version: i64,
}

impl Killing {
    pub(crate) fn new(victim: Victim, seed: u64) -> Self {
        // A port that is free now: the gate is to be found at the same address again.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let folder = TempDir::new().unwrap();
        let random = Rng::with_seed(seed);
        let (record, next_version) = (Record::default(), 1);
        Killing { victim, seed, random, folder, address, gate: None, sender: None, record, next_version }
    }

    /// Kills so often, then has everything delivered, which is not to take longer than `time`.
    pub(crate) fn run(mut self, kills: u64, time: Duration) {
        let (mut of_sender, mut of_gate) = (0, 0);
        for kill in 0..kills {
            self.start();
            self.wait();
            let (sender, gate) = match self.victim {
                Victim::Sender => (true, false),
                Victim::Gate => (false, true),
                Victim::Either => [(true, false), (false, true), (true, true)][self.random.usize(..3)],
            };
            if sender && let Some(process) = self.sender.take() {
                self.record.add(process.kill());
                of_sender += 1;
            }
            if gate && let Some(process) = self.gate.take() {
                process.kill();
                of_gate += 1;
            }
            if kill % 50 == 49 {
                self.tell(&format!("{} kills, {} records in the spool so far", kill + 1, self.record.lines));
            }
        }
        self.start();
        let sender = self.sender.take().unwrap();
        self.record.add(sender.finish(time));
        let [taken, replayed, accepted, rejected, spooled, lost] = self.record.closed() else {
            panic!("no summary: {:?}", self.record.closed())
        };
        assert_eq!((rejected, spooled, lost), (&0, &0, &0));
        assert_eq!(*accepted, taken + replayed);
        let last = format!("the last sender had {replayed} of others and {taken} of its own");
        self.gate.take().unwrap().finish(time);
        let rows = self.rows();
        self.record.check(&rows, self.next_version);
        let (records, keys) = (self.record.lines, rows.len());
        self.tell(&format!(
            "{of_sender} kills of the sender, {of_gate} of the gate; {records} records were in the spool, and {keys} \
             keys have their newest; {last}"
        ));
    }

    fn tell(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{:?}, seed {}: {text}", self.victim, self.seed);
    }

    /// Starts who does not run.
    fn start(&mut self) {
        // Sometimes the sender is there before the gate.
        let sender_first = self.random.bool();
        if sender_first {
            self.start_sender();
        }
        if self.gate.is_none() {
            self.gate = Some(Process::gate(&self.address, self.folder.path()));
        }
        self.start_sender();
    }

    fn start_sender(&mut self) {
        if self.sender.is_none() {
            self.record.next_process();
            let is_clock_still = self.random.bool();
            let sender = Process::sender(&self.address, self.folder.path(), self.next_version, is_clock_still);
            self.sender = Some(sender);
            self.next_version += VERSIONS;
        }
    }

    /// Waits for a while, or until so many records were in the spool.
    fn wait(&mut self) {
        let Some(sender) = &self.sender else { return };
        let (time, most) = if self.random.bool() {
            (self.random.u64(10..400), usize::MAX)
        } else {
            (10_000, self.random.usize(1..600))
        };
        let lines = sender.lines_until(Instant::now() + Duration::from_millis(time), most);
        self.record.add(lines);
    }

    /// The rows of the table, once the gate has left its database.
    fn rows(&self) -> BTreeMap<i64, Version> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let database = format!("sqlite://{}", self.folder.path().join("gate.db").display());
            let gate = Gate::builder().database(database).token("at_good", 7723).start().await.unwrap();
            let table = gate.table("events", usize::MAX).await.unwrap();
            let number = |row: usize, column: &str| match table.cell(row, column) {
                Some(Cell::Integer(number)) => *number,
                other => panic!("row {row} has {other:?} as its {column}"),
            };
            let rows = (0..table.rows.len()).map(|row| {
                let version = Version { version: number(row, "version"), sequence: number(row, "_sdc_sequence") };
                (number(row, "id"), version)
            });
            let rows: BTreeMap<i64, Version> = rows.collect();
            assert_eq!(rows.len() as u64, table.count);
            gate.shutdown().await;
            rows
        })
    }
}
