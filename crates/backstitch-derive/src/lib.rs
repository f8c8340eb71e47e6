//! `#[derive(Push)]`: a thin shell over the engine in `backstitch-codegen`.

#[rustfmt::skip]
mod generated;

use std::sync::atomic::{AtomicU64, Ordering};

use backstitch_codegen::derive::{self, Site};
use backstitch_codegen::record::Definitions;
use backstitch_codegen::rules;
use proc_macro::TokenStream;

const DEFINITIONS: Definitions = Definitions {
    record: &generated::RECORD,
    destinations: generated::DESTINATIONS,
    data_points: generated::DATA_POINTS,
};

/// Makes a struct a record of the Stitch Import API, or, without a table, a nested object of one.
///
/// See the `backstitch` crate for what it generates.
// `serde` too, whose attributes it follows: they may stand on a struct that serde itself does not write.
#[proc_macro_derive(Push, attributes(push, serde))]
pub fn derive_push(input: TokenStream) -> TokenStream {
    static EXPANSIONS: AtomicU64 = AtomicU64::new(0);
    let span = proc_macro::Span::call_site();
    let file = span.file().replace('\\', "/");
    // Absolute or not, the path starts at the package's folder.
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default().replace('\\', "/");
    let file = file.strip_prefix(&package).unwrap_or(&file).trim_start_matches('/').to_owned();
    let site = Site {
        crate_name: std::env::var("CARGO_CRATE_NAME").ok(),
        file,
        line: span.line(),
        column: span.column(),
        expansion: EXPANSIONS.fetch_add(1, Ordering::Relaxed),
    };
    derive::expand(&input.into(), &DEFINITIONS, &site).into()
}
