//! `#[derive(Push)]`: a thin shell over the engine in `backstitch-codegen`.

#[rustfmt::skip]
mod generated;

use backstitch_codegen::derive::{self, Site};
use proc_macro::TokenStream;

/// Makes a struct a record of the Stitch Import API, or, without a table, a nested object of one.
///
/// See the `backstitch` crate for what it generates.
#[proc_macro_derive(Push, attributes(push))]
pub fn derive_push(input: TokenStream) -> TokenStream {
    let span = proc_macro::Span::call_site();
    let file = span.file();
    let site = Site {
        crate_name: std::env::var("CARGO_CRATE_NAME").ok(),
        file: file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        line: span.line(),
        column: span.column(),
    };
    derive::expand(&input.into(), &generated::RECORD, &site).into()
}
