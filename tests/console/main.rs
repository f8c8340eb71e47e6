//! The page of a gate in Chromium, as a person uses it.
//!
//! It needs `chromedriver` and the Chromium that goes with it. `.ci/run` installs them; by hand, on Debian or Ubuntu:
//!
//! ```text
//! apt-get install chromium chromium-driver
//! ```
//!
//! A machine may be busy: every test waits until the page shows what it is to show, and fails where that does not come.

mod access;
mod browser;
mod hostile;
mod requests;
mod tables;
