//! The names of a struct against the rules of the destinations: what the struct alone can show.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

use super::attributes::{Container, Shape};
use super::errors::{self, Errors};
use super::field::Field;
use super::limits::{is_plainly_array, is_plainly_scalar};
use crate::destination::{Case, Length, Nested, Profile};
use crate::record::Definitions;

/// Has the compiler tell, at `place`, what `misfit` finds when it is evaluated: what no single struct shows.
pub(super) fn told_by_the_compiler(place: Span, misfit: &TokenStream) -> TokenStream {
    quote_spanned! {place=>
        const _: () = {
            #[allow(long_running_const_eval)]
            const MISFIT: __p::Misfit = #misfit;
            if let ::core::option::Option::Some(__told) = MISFIT.explained() {
                ::core::panic!("{}", __told);
            }
        };
    }
}

/// Notes each name that would keep a record from being loaded.
pub(super) fn check(container: &Container<'_>, definitions: &Definitions, errors: &mut Errors) {
    if let Some(table) = &container.table {
        check_table(table, container, definitions, errors);
    }
    if !matches!(container.shape, Shape::Object) {
        return;
    }
    let fields: Vec<&Field<'_>> = container.sent().filter(|field| field.flatten.is_none()).collect();
    for field in &fields {
        check_column(field, container, definitions, errors);
    }
    for (profile, place) in &container.destinations {
        // The elements of an array are rows of a table of their own, where the destination flattens.
        let columns: Vec<&Field<'_>> =
            fields.iter().filter(|field| !is_table_of_its_own(field, profile)).copied().collect();
        check_collisions(&columns, profile, errors);
        if let Some(most) = profile.columns.filter(|most| columns.len() > *most) {
            errors.at(place, errors::too_many_columns(columns.len(), most, profile.title));
        }
    }
    let points = fields.iter().filter(|field| field.skip_if.is_none() && is_plainly_scalar(field.ty)).count();
    if let (Some(most), Some(_)) = (definitions.data_points.filter(|most| points > *most), &container.table) {
        errors.at(&container.input.ident, errors::too_many_data_points(points, most));
    }
}

fn check_table(table: &LitStr, container: &Container<'_>, definitions: &Definitions, errors: &mut Errors) {
    let name = table.value();
    // The prefixes are the same for all.
    if let Some(prefix) = definitions.destinations.first().and_then(|profile| profile.reserved_table_prefix(&name)) {
        errors.at(table, errors::reserved_prefix("table", &name, prefix));
        return;
    }
    for (profile, _) in &container.destinations {
        if let Some(suffix) = profile.reserved_table_suffix(&name) {
            errors.at(table, errors::reserved_table_suffix(&name, suffix, profile.title));
        }
        if !profile.table_name_fits(&name) {
            errors.at(table, too_long("table", &name, None, profile.table_name, profile.title));
        }
    }
}

/// Notes the first thing that is wrong with a column's name.
fn check_column(field: &Field<'_>, container: &Container<'_>, definitions: &Definitions, errors: &mut Errors) {
    let name = &field.wire;
    if name.is_empty() {
        // Told where it is given.
        return;
    }
    let all = definitions.destinations;
    if let Some(prefix) = all.first().and_then(|profile| profile.reserved_common_prefix(name)) {
        errors.at_span(field.name_span, errors::reserved_prefix("field", name, prefix));
        return;
    }
    // A nested object has names of its own, and is of no table: what becomes of them, its table's struct proves.
    if let Some(message) = container.table.as_ref().and_then(|_| reserved_suffix(name, container, all)) {
        errors.at_span(field.name_span, message);
        return;
    }
    for (profile, _) in container.destinations.iter().filter(|(profile, _)| !is_table_of_its_own(field, profile)) {
        let shown = profile.transform(name);
        let message = if shown.is_empty() {
            let steps: Vec<String> = profile.steps.iter().map(ToString::to_string).collect();
            errors::nothing_left(name, profile.title, &steps.join("; "))
        } else if !profile.column_name_fits(&shown) {
            let other = (shown != *name).then_some(shown.as_str());
            too_long("column", &shown, other, profile.column_name, profile.title)
        } else if let Some(prefix) = profile.reserved_column_prefix(&shown) {
            errors::prefix_of_destination(&shown, prefix, profile.title)
        } else {
            continue;
        };
        errors.at_span(field.name_span, message);
        return;
    }
}

/// Whether the field is plainly an array, and the destination makes a table of it.
fn is_table_of_its_own(field: &Field<'_>, profile: &Profile) -> bool {
    profile.nested == Nested::Flattened && is_plainly_array(field.ty)
}

/// What is told of a name that ends in a suffix which a destination keeps: one that the struct names, or, where it names
/// none, any.
fn reserved_suffix(name: &str, container: &Container<'_>, all: &[Profile]) -> Option<String> {
    let is_named = !container.destinations.is_empty();
    let kept: Vec<(&str, &str, String)> = if is_named {
        let named = container.destinations.iter().map(|(profile, _)| (profile, profile.transform(name)));
        named
            .filter_map(|(profile, shown)| Some((profile.title, profile.reserved_column_suffix(&shown)?, shown)))
            .collect()
    } else {
        all.iter()
            .filter_map(|profile| Some((profile.title, profile.reserved_column_suffix(name)?, name.to_owned())))
            .collect()
    };
    let (_, first, shown) = kept.first()?;
    let keepers: Vec<&str> =
        kept.iter().filter(|(_, suffix, _)| suffix.eq_ignore_ascii_case(first)).map(|(title, ..)| *title).collect();
    Some(errors::reserved_suffix(shown, first, &keepers, is_named))
}

fn check_collisions(fields: &[&Field<'_>], profile: &Profile, errors: &mut Errors) {
    let mut met: HashMap<String, &str> = HashMap::new();
    for field in fields {
        let shown = profile.transform(&field.wire);
        let key = if profile.case == Case::Insensitive { shown.to_lowercase() } else { shown.clone() };
        match met.get(&key) {
            // That they are the same before all that is told elsewhere.
            Some(first) if *first != field.wire && !shown.is_empty() => {
                errors.at_span(field.name_span, errors::same_column(first, &field.wire, &shown, profile.title));
            }
            Some(_) => {}
            None => {
                met.insert(key, &field.wire);
            }
        }
    }
}

/// `shown` is the name in the destination, where it is another than the one that is written.
fn too_long(what: &str, name: &str, shown: Option<&str>, most: Length, title: &str) -> String {
    let length = match most {
        Length::Bytes(_) => Length::Bytes(name.len()),
        Length::Characters(_) | Length::Unlimited => Length::Characters(name.chars().count()),
    };
    errors::too_long(what, shown, &length.to_string(), &most.to_string(), title)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::derive::{Site, expand};
    use crate::record::{Definitions, RecordModel};

    const RECORD: RecordModel = RecordModel {
        title: "Push",
        description: "",
        source: "",
        attributes: &[],
        example_client_id: 1,
        example_sequence: 1,
    };

    #[test]
    fn a_flat_struct_has_no_more_values_than_a_record_may_have() {
        let told = |data_points| {
            let definitions = Definitions { record: &RECORD, destinations: &[], data_points };
            let input = quote! {
                #[push(table = "t", key = "id")]
                struct T {
                    id: i64,
                    name: Option<String>,
                    // Neither need be there: the one may be empty, the other left out.
                    list: Vec<i64>,
                    #[push(skip_if = Option::is_none)]
                    more: Option<i64>,
                }
            };
            expand(&input, &definitions, &Site::default()).to_string()
        };
        assert!(told(Some(1)).contains("a record has at most 1 data points, and this struct has 2 fields"));
        for fits in [Some(2), None] {
            assert!(!told(fits).contains("compile_error"));
        }
    }
}
