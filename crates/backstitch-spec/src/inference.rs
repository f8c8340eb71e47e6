//! What a definition leaves unsaid, and the hints that must agree with what it says.

use std::collections::HashMap;

use backstitch_codegen::model::Attribute;
use backstitch_codegen::rules::{self, JsonType, Presence, Role};

use crate::attribute::Placed;
use crate::diagnostic::{Code, Diagnostic};
use crate::example::in_words;
use crate::json;
use crate::object::Reader;
use crate::source::Place;

/// The names of attributes that have a role even where the definition does not say so.
const INFERRED_ROLES: &[(&str, Role)] = &[
    ("client_id", Role::Client),
    ("table_name", Role::Table),
    ("sequence", Role::Sequence),
    ("action", Role::Action),
    ("key_names", Role::Keys),
    ("data", Role::Data),
];

impl Reader<'_, '_> {
    /// The roles that a definition leaves unsaid, where all six names are there. `errors_before` is the number
    /// of errors before this definition was read.
    pub(crate) fn infer_roles(&mut self, attributes: &mut [Placed], errors_before: usize) {
        if attributes.iter().all(|attribute| attribute.model.role.is_none()) {
            let has = |name: &str| attributes.iter().any(|attribute| attribute.model.name.as_str() == name);
            if !INFERRED_ROLES.iter().all(|(name, _)| has(name)) {
                return;
            }
            for attribute in attributes.iter_mut() {
                let name = attribute.model.name.as_str();
                attribute.model.role = INFERRED_ROLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role);
            }
        }
        let mut taken: HashMap<Role, Place> = HashMap::new();
        for attribute in attributes.iter_mut() {
            let Some(role) = attribute.model.role else { continue };
            if let Some(first) = taken.get(&role) {
                let name = Role::ALL.iter().find(|(_, known)| *known == role).map_or("", |(name, _)| name);
                let message = format!("two attributes have the role `{name}`");
                self.report.push(
                    Diagnostic::error(Code::DuplicateName, attribute.name.clone(), message)
                        .label("the second")
                        .mark(first.clone(), "the first")
                        .help("give each role to one attribute"),
                );
            }
            taken.insert(role, attribute.name.clone());
            // The keys are names of fields, whether the definition says so or not.
            if role == Role::Keys && attribute.model.items.is_empty() {
                attribute.model.items.push(JsonType::String);
            }
        }
        // Where something else is wrong with the definition, that may be why a role is missing.
        let missing: Vec<&str> =
            Role::ALL.iter().filter(|(_, role)| !taken.contains_key(role)).map(|(name, _)| *name).collect();
        if self.report.errors() == errors_before
            && let Some(attribute) = attributes.iter().find(|attribute| attribute.model.role.is_some())
            && let Some(first) = missing.first()
        {
            let (message, help) = if missing.len() == 1 {
                let help = format!("add `role: {first}` to the attribute that plays it; a Push record needs all six");
                (format!("no attribute has the role `{first}`"), help)
            } else {
                let message = format!(
                    "`{}` has a role, and no attribute has the roles `{}`",
                    attribute.model.name,
                    missing.join("`, `")
                );
                let help = format!(
                    "remove the role, or add the others: `role: {}`; only a Push record has roles, and it needs all six",
                    missing.join("`, `role: ")
                );
                (message, help)
            };
            self.report.push(
                Diagnostic::error(Code::MissingKey, attribute.name.clone(), message)
                    .label("this one has a role")
                    .help(help),
            );
        }
    }

    /// A description that says what the value always is fixes it.
    pub(crate) fn infer_constants(&mut self, attributes: &mut [Placed]) {
        for attribute in attributes {
            let model = &mut attribute.model;
            let may_be_fixed = matches!(model.role, None | Some(Role::Action)) && model.types == [JsonType::String];
            if model.constant.is_none() && may_be_fixed {
                // What could not be rendered is no value.
                let fixed = always(&model.description).filter(|fixed| !fixed.contains("{{"));
                model.constant =
                    fixed.filter(|fixed| model.value.as_deref().is_none_or(|value| value == *fixed)).map(str::to_owned);
            }
        }
    }

    /// A Push record is filled by its roles: what nothing fills, or two things do, is an error.
    pub(crate) fn check_record(&mut self, attributes: &[Placed]) {
        // Where a role is missing, that is told, and nothing that follows of it.
        let is_record =
            Role::ALL.iter().all(|(_, role)| attributes.iter().any(|placed| placed.model.role == Some(*role)));
        if !is_record {
            return;
        }
        for attribute in attributes {
            let model = &attribute.model;
            let place = attribute.name.clone();
            match (model.role, &model.constant) {
                (Some(Role::Action), None) => self.report.push(
                    Diagnostic::error(Code::MissingKey, place, "nothing says what the action is")
                        .label("has the role `action`, and no `const`")
                        .help("add `const: \"…\"`, or the words \"always be `…`\" to its description"),
                ),
                (Some(Role::Action), Some(_)) => {}
                (Some(_), Some(_)) => self.report.push(
                    Diagnostic::error(
                        Code::MisplacedConstraint,
                        place,
                        format!("`{}` can't be fixed, since its role fills it", model.name),
                    )
                    .help("remove its `const`"),
                ),
                (None, None) if model.presence == Presence::Required => self.report.push(
                    Diagnostic::error(
                        Code::MissingKey,
                        place,
                        format!("`{}` must be in every record, and nothing fills it", model.name),
                    )
                    .help("give it a `role` or a `const`, or make it `required: false`"),
                ),
                _ => {}
            }
        }
    }

    /// Warns of values that do not fit their attribute.
    pub(crate) fn check_values(&mut self, attributes: &[Placed]) {
        for attribute in attributes {
            let model = &attribute.model;
            let (Some(value), Some(place)) = (model.value.as_deref(), &attribute.value) else { continue };
            let value = value.trim();
            // A stand-in says what is to be put there.
            if value.starts_with('<') && value.ends_with('>') {
                continue;
            }
            let fits = model.types.is_empty() || model.types.iter().any(|json_type| reads_as(value, *json_type, model));
            let text = unquoted(value);
            let constant = model.constant.as_deref().is_none_or(|constant| constant == text);
            let broken = if fits { broken(text, model) } else { None };
            if fits && constant && broken.is_none() {
                continue;
            }
            let limit = |key: &str| attribute.limit_places.iter().find(|(known, _)| *known == key);
            let (wrong, limit) = match (&model.constant, broken) {
                (Some(expected), _) if fits => (format!("is not `{expected}`"), limit("const")),
                (_, Some((key, broken))) => (broken, limit(key)),
                (_, None) => (format!("is not {}", types_in_words(model)), None),
            };
            let mut diagnostic = Diagnostic::warning(
                Code::ValueMismatch,
                place.clone(),
                format!("the `value` of `{}` {wrong}", model.name),
            )
            .label("read by the attribute's type");
            let help = match (limit, &attribute.type_place) {
                (Some((key, place)), _) => {
                    diagnostic = diagnostic.label("").mark(place.clone(), "the limit");
                    format!("change the `value` or the `{key}`")
                }
                (None, Some(place)) => {
                    diagnostic = diagnostic.mark(place.clone(), "the type");
                    "change the `value` or the `type`".to_owned()
                }
                (None, None) => "change the `value`".to_owned(),
            };
            self.report.push(diagnostic.help(help));
        }
    }
}

/// A hint at a text without the quotes that may stand around it.
fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or(inner('\'')).unwrap_or(value)
}

/// Whether a hint can be read as a value of the type.
fn reads_as(value: &str, json_type: JsonType, attribute: &Attribute) -> bool {
    match json_type {
        JsonType::Integer => value.parse::<i64>().is_ok(),
        JsonType::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
        JsonType::Boolean => matches!(value, "true" | "false"),
        JsonType::Null => value == "null",
        JsonType::Object => json::parse(value).is_ok_and(|json| json.object().is_some()),
        JsonType::String => attribute.limits.format.is_none_or(|format| format.accepts(unquoted(value))),
        // An array is JSON, or its elements with commas between them.
        JsonType::Array if value.starts_with('[') => json::parse(value).is_ok_and(|json| json.array().is_some()),
        JsonType::Array => value.split(',').all(|element| {
            attribute.items.is_empty() || attribute.items.iter().any(|item| reads_as(element.trim(), *item, attribute))
        }),
    }
}

/// The types of an attribute with their articles.
fn types_in_words(attribute: &Attribute) -> String {
    let in_words = |json_type: &JsonType| match (json_type, attribute.limits.format) {
        (JsonType::String, Some(format)) => format!("a {}", format.name()),
        _ => in_words(*json_type),
    };
    attribute.types.iter().map(in_words).collect::<Vec<_>>().join(" or ")
}

/// The key of the rule of the attribute that a hint breaks, and what the rule says.
fn broken(value: &str, attribute: &Attribute) -> Option<(&'static str, String)> {
    let rules = rules::Attribute {
        name: "",
        types: &[],
        items: &[],
        presence: Presence::Unstated,
        role: None,
        constraints: attribute.limits,
    };
    let mut found = Vec::new();
    match attribute.only_type()? {
        JsonType::Integer => rules.check_integer(value.parse().ok()?, &mut found),
        JsonType::Number => rules.check_number(value.parse().ok()?, &mut found),
        JsonType::String => rules.check_string(value, &mut found),
        _ => {}
    }
    found.into_iter().next().map(|violation| {
        let key = match violation.code {
            rules::Code::Minimum => "minimum",
            rules::Code::Maximum => "maximum",
            rules::Code::MinLength => "minLength",
            rules::Code::MaxLength => "maxLength",
            _ => "type",
        };
        (key, violation.message.into_owned())
    })
}

/// The code span that follows `always be` in a description and ends its sentence.
fn always(description: &str) -> Option<&str> {
    let at = description.find("always be `")?;
    let rest = &description[at + "always be `".len()..];
    let (value, after) = rest.split_once('`')?;
    (!value.is_empty() && (after.is_empty() || after.starts_with(['.', '\n']))).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::always;

    #[test]
    fn a_description_can_fix_the_value() {
        assert_eq!(always("This will always be `upsert`."), Some("upsert"));
        assert_eq!(always("Not always."), None);
        assert_eq!(always("always be `"), None);
        assert_eq!(always("It will always be `OK` or `Accepted`."), None);
    }
}
