//! What the API says apart from its objects, as constants: its endpoints, its limits, its regions. Its
//! destinations have a module of their own.

use quote::quote;

use super::objects::table_row;
use super::tokens::{doc, ident};
use super::{Files, format_file, rust_header, spec_path};
use crate::model::Api;
use crate::name::constant_name;
use crate::text::for_rustdoc;

/// The modules, but for those that nothing is known for.
pub(super) fn emit(api: &Api) -> Files {
    let mut files = super::destinations::emit(api);
    let header = rust_header(&spec_path(&api.folder, ""));
    let mut add = |name: &str, is_known: bool, tokens: proc_macro2::TokenStream| {
        if is_known {
            files.insert(format!("{name}.rs"), format_file(&header, &tokens));
        }
    };
    add("endpoints", !api.endpoints.is_empty(), endpoints(api));
    add("limits", !api.limits.is_empty(), limits(api));
    add("regions", !api.regions.is_empty(), regions(api));
    files
}

fn endpoints(api: &Api) -> proc_macro2::TokenStream {
    let constants = api.endpoints.iter().map(|endpoint| {
        let name = ident(&constant_name(&endpoint.title));
        let mut text = for_rustdoc(&endpoint.description);
        if !endpoint.returns.is_empty() {
            text.push_str(&format!("\n\nReturns: {}", for_rustdoc(&endpoint.returns)));
        }
        let link = |title: &Option<String>| {
            let name = api.object(title.as_deref()?)?.type_name();
            Some(format!("[`{name}`](super::{name})"))
        };
        if let Some(request) = link(&endpoint.request) {
            text.push_str(&format!("\n\nA request is made of: {request}."));
        }
        if let Some(response) = link(&endpoint.response) {
            text.push_str(&format!("\n\nThe answer where all is well: {response}."));
        }
        if !endpoint.path_parameters.is_empty() {
            text.push_str("\n\nIn the path:\n");
        }
        for parameter in &endpoint.path_parameters {
            let description = for_rustdoc(&parameter.description).split_whitespace().collect::<Vec<_>>().join(" ");
            let colon = if description.is_empty() { "" } else { ": " };
            text.push_str(&format!("\n- `{}`{colon}{description}", parameter.name));
        }
        text.push_str(&format!("\n\nSource: `{}`.", spec_path(&api.folder, &endpoint.source)));
        let text = doc(&text);
        let (method, path) = (&endpoint.method, &endpoint.path);
        let (authorization, content_types, success) =
            (endpoint.authorization, &endpoint.content_types, endpoint.success);
        let arguments = endpoint.arguments.iter().map(table_row);
        let path_parameters = endpoint.path_parameters.iter().map(|attribute| attribute.name.as_str());
        quote! {
            #text
            pub const #name: Endpoint = Endpoint {
                method: #method,
                path: #path,
                authorization: #authorization,
                content_types: &[#(#content_types),*],
                success: #success,
                arguments: &[#(#arguments),*],
                path_parameters: &[#(#path_parameters),*],
            };
        }
    });
    let names = api.endpoints.iter().map(|endpoint| ident(&constant_name(&endpoint.title)));
    quote! {
        //! The calls that the API takes.

        /// A call that the API takes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Endpoint {
            /// The HTTP method, in upper case.
            pub method: &'static str,
            /// The path, with the API's version.
            pub path: &'static str,
            /// Whether a bearer token is needed.
            pub authorization: bool,
            /// The content types that it takes.
            pub content_types: &'static [&'static str],
            /// The status of an answer where all is well.
            pub success: u16,
            /// What a request's body has, or each record of it.
            pub arguments: &'static [super::rules::Attribute],
            /// What stands in braces in the path.
            pub path_parameters: &'static [&'static str],
        }

        #(#constants)*

        /// All of them, in the order of their definitions.
        pub const ALL: &[Endpoint] = &[#(#names),*];
    }
}

fn limits(api: &Api) -> proc_macro2::TokenStream {
    let constants = api.limits.iter().map(|limit| {
        let name = ident(&constant_name(&limit.name));
        let text = doc(&for_rustdoc(&limit.description));
        let value = proc_macro2::Literal::u64_unsuffixed(limit.value);
        quote! {
            #text
            pub const #name: usize = #value;
        }
    });
    quote! {
        //! How large requests and records may be.

        #(#constants)*
    }
}

fn regions(api: &Api) -> proc_macro2::TokenStream {
    let constants = api.regions.iter().map(|region| {
        let name = ident(&constant_name(&region.id));
        let text =
            doc(&format!("The base URL of the data pipeline region `{}`: {}.", region.id, for_rustdoc(&region.title)));
        let url = &region.url;
        quote! {
            #text
            pub const #name: &str = #url;
        }
    });
    quote! {
        //! Where the API is, by data pipeline region.

        #(#constants)*
    }
}
