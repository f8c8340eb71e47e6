//! The ways to deliver records that are measured.

use anyhow::bail;
use backstitch::Level;

use crate::clock::Sent;
use crate::{bare, ours};

/// A way to deliver records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Bare,
    Push,
    Memory,
    Interval,
    Always,
    OneByOne,
    Python,
}

impl Variant {
    pub(crate) const ALL: &'static [Variant] = &[
        Variant::Bare,
        Variant::Push,
        Variant::Memory,
        Variant::Interval,
        Variant::Always,
        Variant::OneByOne,
        Variant::Python,
    ];

    /// The argument that starts it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Variant::Bare => "bare",
            Variant::Push => "push",
            Variant::Memory => "memory",
            Variant::Interval => "interval",
            Variant::Always => "always",
            Variant::OneByOne => "one-by-one",
            Variant::Python => "python",
        }
    }

    /// Its name in the table.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Variant::Bare => "reqwest, bodies already there",
            Variant::Push => "`Client::push`, a request after the other",
            Variant::Memory => "`send_all`, in memory",
            Variant::Interval => "`send_all`, spool synced each 100 ms",
            Variant::Always => "`send_all`, spool synced always",
            Variant::OneByOne => "`send` in 4 tasks, in memory",
            Variant::Python => "Python client",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Variant> {
        Variant::ALL.iter().copied().find(|variant| variant.name() == name)
    }

    /// Delivers records from this process to `url`.
    pub(crate) fn run(self, url: &str) -> anyhow::Result<Sent> {
        match self {
            Variant::Bare => bare::post(url),
            Variant::Push => ours::push(url),
            Variant::Memory => ours::send_all(url, None),
            Variant::Interval => ours::send_all(url, Some(ours::INTERVAL)),
            Variant::Always => ours::send_all(url, Some(Level::Always)),
            Variant::OneByOne => ours::send_one_by_one(url),
            Variant::Python => bail!("Python runs in a process of its own"),
        }
    }
}
