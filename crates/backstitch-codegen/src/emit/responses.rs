//! What the calls can answer, as constants: a module for each call. What belongs to no call stands beside them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::tokens::{doc, ident};
use super::{Files, format_file, rust_header, spec_path};
use crate::model::{Api, Endpoint, Response};
use crate::name::{constant_name, field_name};
use crate::text::for_rustdoc;

/// The module, if any answer is known.
pub(super) fn emit(api: &Api) -> Files {
    let mut files = Files::new();
    if api.responses.is_empty() && api.endpoints.iter().all(|endpoint| endpoint.responses.is_empty()) {
        return files;
    }
    let calls = api.endpoints.iter().filter(|endpoint| !endpoint.responses.is_empty()).map(call);
    let of_no_call = (!api.responses.is_empty()).then(|| {
        let constants = constants(&api.responses);
        let names = names(&api.responses);
        quote! {
            #(#constants)*

            /// Those that belong to no call, in the order of the definition.
            pub const OF_NO_CALL: &[Response] = &[#(#names),*];
        }
    });
    let by_call = api.endpoints.iter().filter(|endpoint| !endpoint.responses.is_empty()).map(|endpoint| {
        let (title, module) = (&endpoint.title, ident(&field_name(&endpoint.title)));
        quote!((#title, #module::ALL))
    });
    let tokens = quote! {
        //! What the calls can answer.

        /// An answer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Response {
            /// The HTTP status.
            pub status: u16,
            /// The body; what stands in angle brackets is put in by [`Response::fill`].
            pub body: &'static str,
            /// Whether the body is JSON, not a text.
            pub is_json: bool,
        }

        impl Response {
            /// The body with values put in: each for the name, angle brackets included, that it is given for.
            #[must_use]
            pub fn fill(&self, values: &[(&str, &str)]) -> ::std::string::String {
                let mut body = ::std::string::String::with_capacity(self.body.len());
                let mut rest = self.body;
                // What was put in is not looked at again: it may hold anything.
                while let ::core::option::Option::Some(at) = rest.find('<') {
                    let (before, from) = rest.split_at(at);
                    body.push_str(before);
                    let found = values.iter().find(|(name, _)| !name.is_empty() && from.starts_with(name));
                    let length = match found {
                        ::core::option::Option::Some((name, value)) => {
                            if self.is_json {
                                escape(value, &mut body);
                            } else {
                                body.push_str(value);
                            }
                            name.len()
                        }
                        ::core::option::Option::None => {
                            body.push('<');
                            1
                        }
                    };
                    rest = &from[length..];
                }
                body.push_str(rest);
                body
            }
        }

        /// Writes a text as it stands within a JSON string.
        fn escape(text: &str, out: &mut ::std::string::String) {
            for character in text.chars() {
                match character {
                    '"' => out.push_str("\\\""),
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    character if character < ' ' => {
                        out.push_str(&::std::format!("\\u{:04x}", u32::from(character)));
                    }
                    character => out.push(character),
                }
            }
        }

        #of_no_call

        #(#calls)*

        /// Those of each call, by its title, in the order of the definitions.
        pub const ALL: &[(&str, &[Response])] = &[#(#by_call),*];
    };
    files.insert("responses.rs".to_owned(), format_file(&rust_header(&spec_path(&api.folder, "")), &tokens));
    files
}

fn call(endpoint: &Endpoint) -> TokenStream {
    let module = ident(&field_name(&endpoint.title));
    let text = doc(&format!("What {} can answer.", for_rustdoc(&endpoint.title)));
    let constants = constants(&endpoint.responses);
    let names = names(&endpoint.responses);
    quote! {
        #text
        pub mod #module {
            use super::Response;

            #(#constants)*

            /// All of them, in the order of the definition.
            pub const ALL: &[Response] = &[#(#names),*];
        }
    }
}

fn constants(responses: &[Response]) -> impl Iterator<Item = TokenStream> + '_ {
    responses.iter().map(|response| {
        let name = ident(&constant_name(&response.name));
        let condition = if response.condition.is_empty() { &response.name } else { &response.condition };
        let text = doc(&format!("Status {}: {}.", response.status, for_rustdoc(condition).trim_end_matches('.')));
        let (status, body, is_json) = (response.status, &response.body, response.is_json);
        quote! {
            #text
            pub const #name: Response = Response { status: #status, body: #body, is_json: #is_json };
        }
    })
}

fn names(responses: &[Response]) -> impl Iterator<Item = Ident> + '_ {
    responses.iter().map(|response| ident(&constant_name(&response.name)))
}
