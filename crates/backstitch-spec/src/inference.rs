//! What a definition leaves unsaid, and the hints that must agree with what it says.

use std::collections::HashMap;

use backstitch_codegen::rules::{JsonType, Presence, Role};

use crate::attribute::Placed;
use crate::diagnostic::{Code, Diagnostic};
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

impl Reader<'_> {
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
                self.report.push(
                    Diagnostic::error(Code::DuplicateName, attribute.name.clone(), "two attributes have one role")
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
        if !taken.is_empty()
            && self.report.errors() == errors_before
            && let Some((name, _)) = Role::ALL.iter().find(|(_, role)| !taken.contains_key(role))
            && let Some(attribute) = attributes.iter().find(|attribute| attribute.model.role.is_some())
        {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    attribute.name.clone(),
                    format!("no attribute has the role `{name}`"),
                )
                .label("this one has a role")
                .help(format!("add `role: {name}` to the attribute that plays it; a Push record needs all six")),
            );
        }
    }

    /// A description that says what the value always is fixes it.
    pub(crate) fn infer_constants(&mut self, attributes: &mut [Placed]) {
        for attribute in attributes {
            let model = &mut attribute.model;
            let may_be_fixed = matches!(model.role, None | Some(Role::Action)) && model.types == [JsonType::String];
            if model.constant.is_none() && may_be_fixed {
                let fixed = always(&model.description);
                model.constant =
                    fixed.filter(|fixed| model.value.as_deref().is_none_or(|value| value == *fixed)).map(str::to_owned);
            }
        }
    }

    /// A Push record is filled by its roles: what nothing fills, or two things do, is an error.
    pub(crate) fn check_record(&mut self, attributes: &[Placed]) {
        if attributes.iter().all(|attribute| attribute.model.role.is_none()) {
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
            let Some(value) = model.value.as_deref() else { continue };
            let fits = model.types.is_empty()
                || model.types.iter().any(|json_type| match json_type {
                    JsonType::Integer => value.trim().parse::<i128>().is_ok(),
                    JsonType::Number => value.trim().parse::<f64>().is_ok(),
                    JsonType::Boolean => matches!(value.trim(), "true" | "false"),
                    _ => true,
                });
            let constant = model.constant.as_deref().is_none_or(|constant| constant == value);
            if !fits || !constant {
                let expected = match &model.constant {
                    Some(constant) if fits => format!("`{constant}`"),
                    _ => JsonType::names(&model.types),
                };
                self.report.push(
                    Diagnostic::warning(
                        Code::ValueMismatch,
                        attribute.name.clone(),
                        format!("the `value` of `{}` is not {expected}", model.name),
                    )
                    .label(format!("its `value` is `{value}`"))
                    .help("change the `value` or the `type`"),
                );
            }
        }
    }
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
