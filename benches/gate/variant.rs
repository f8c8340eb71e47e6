//! The ways to load records that are measured.

use std::path::Path;

use anyhow::ensure;

use crate::phase::Measured;
use crate::{gate, postgres, program, sqlite};

/// A way to load records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Gate,
    GateTwice,
    Bare,
    Python,
    Shell,
    Singer,
    GateOnPostgres,
    GateOnPostgresTwice,
    Copy,
    SingerOnPostgres,
}

impl Variant {
    pub(crate) const ALL: &'static [Variant] = &[
        Variant::Gate,
        Variant::GateTwice,
        Variant::Bare,
        Variant::Python,
        Variant::Shell,
        Variant::Singer,
        Variant::GateOnPostgres,
        Variant::GateOnPostgresTwice,
        Variant::Copy,
        Variant::SingerOnPostgres,
    ];

    /// Its name in the table.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Variant::Gate => "the gate, a request after the other",
            Variant::GateTwice => "the gate, two requests at once",
            Variant::Bare => "`rusqlite` alone",
            Variant::Python => "Python, `executemany`",
            Variant::Shell => "`sqlite3`, `.import` of CSV",
            Variant::Singer => "Singer's `target-sqlite`",
            Variant::GateOnPostgres => "the gate on PostgreSQL, a request after the other",
            Variant::GateOnPostgresTwice => "the gate on PostgreSQL, two requests at once",
            Variant::Copy => "`psql`, `COPY` and an upsert",
            Variant::SingerOnPostgres => "Singer's `target-postgres`",
        }
    }

    pub(crate) const fn is_gate(self) -> bool {
        matches!(self, Variant::Gate | Variant::GateTwice | Variant::GateOnPostgres | Variant::GateOnPostgresTwice)
    }

    pub(crate) const fn is_postgres(self) -> bool {
        matches!(
            self,
            Variant::GateOnPostgres | Variant::GateOnPostgresTwice | Variant::Copy | Variant::SingerOnPostgres
        )
    }

    /// A round, with a program that has the gate, and files in a folder.
    pub(crate) fn run(self, gate: &Path, folder: &Path, postgres: &str) -> anyhow::Result<Vec<Measured>> {
        let database = format!("sqlite://{}", folder.join("gate.db").display());
        match self {
            Variant::Gate => gate::measure(gate, &database, 1),
            Variant::GateTwice => gate::measure(gate, &database, 2),
            Variant::Bare => sqlite::rusqlite(folder),
            Variant::Python => sqlite::python(folder),
            Variant::Shell => {
                ensure!(program::is_there("sqlite3"), "there is no program `sqlite3`");
                sqlite::shell(folder)
            }
            Variant::Singer => sqlite::singer(folder),
            Variant::GateOnPostgres => gate::measure(gate, postgres, 1),
            Variant::GateOnPostgresTwice => gate::measure(gate, postgres, 2),
            Variant::Copy => postgres::copy(postgres, folder),
            Variant::SingerOnPostgres => postgres::singer(postgres, folder),
        }
    }
}
