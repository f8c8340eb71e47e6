//! What others wrote to send to the Import API sends to the gate, unmodified: the Python client `stitchclient`, and
//! `target-stitch`, which loads what Singer's taps extract.
//!
//! They are not on every machine. `.ci/run` installs them; by hand:
//!
//! ```text
//! python3 -m venv target/peers/client
//! target/peers/client/bin/pip install -r benches/delivery/requirements.txt
//! python3 -m venv target/peers/target
//! target/peers/target/bin/pip install --no-deps -r tests/peers/target-stitch.txt
//! ```
#![cfg(unix)]

mod client;
mod place;
mod target;
