//! A sender whose way to the gate fails in every way that is known of: what it says became of each record is what the
//! gate's database says.

mod alone;
mod closing;
mod fault;
mod ledger;
mod plan;
mod proxy;
mod schedule;
mod schedules;
mod world;
