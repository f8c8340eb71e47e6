//! What is wrong with a record, in the words of the answers that the API's definition lists.

use std::borrow::Cow;

use backstitch_api::responses::Response;

use super::attribute;
use crate::json::{self, fields::Fields};

/// What stands for the attribute's name in an answer.
const ARGUMENT: &str = "<ARGUMENT>";

/// The attribute of an answer that lists what is wrong, and the attribute of each element that says it.
const ERRORS: &str = "errors";
const REASON: &str = "reason";

/// A complaint about an attribute of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The answer to a record with nothing else wrong.
    pub(crate) response: &'static Response,
    /// What it says, by attribute.
    pub(crate) entries: Vec<(String, Vec<String>)>,
}

impl Complaint {
    /// What `response` says of the attribute `name`, with values for its stand-ins.
    pub(crate) fn new(response: &'static Response, name: &str, values: &[(&str, &str)]) -> Self {
        let values: Vec<(&str, &str)> = [(ARGUMENT, name)].into_iter().chain(values.iter().copied()).collect();
        let body = response.fill(&values);
        // An answer that names no attributes is itself what is said of this one: never is nothing said.
        let entries = Parts::of(&body)
            .and_then(|parts| entries(parts.reason))
            .unwrap_or_else(|| vec![(name.to_owned(), vec![body.clone()])]);
        Complaint { response, entries }
    }
}

fn entries(reason: &str) -> Option<Vec<(String, Vec<String>)>> {
    let fields = Fields::parse(reason).ok()?;
    let mut entries = Vec::new();
    for (name, words) in fields.iter() {
        let words = attribute::elements(words).ok()?;
        let words: Result<Vec<_>, serde_json::Error> = words.into_iter().map(json::string).collect();
        let words: Vec<String> = words.ok()?.into_iter().map(Cow::into_owned).collect();
        if words.is_empty() {
            return None;
        }
        entries.push((name.clone().into_owned(), words));
    }
    (!entries.is_empty()).then_some(entries)
}

/// All that is wrong with one record.
#[derive(Debug, Default)]
pub(crate) struct Reason {
    first: Option<&'static Response>,
    entries: Vec<(String, Vec<String>)>,
}

impl Reason {
    /// Adds a complaint. What was said already of an attribute is not said again.
    pub(crate) fn add(&mut self, complaint: Complaint) {
        self.first.get_or_insert(complaint.response);
        for (name, words) in complaint.entries {
            let at = self.entries.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                self.entries.push((name, Vec::new()));
                self.entries.len() - 1
            });
            let known = &mut self.entries[at].1;
            for word in words {
                if !known.contains(&word) {
                    known.push(word);
                }
            }
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The answer to the first complaint, and the `reason` as JSON text; nothing where nothing is wrong.
    pub(crate) fn into_json(self) -> Option<(&'static Response, String)> {
        let entries = self.entries.iter().map(|(name, words)| {
            let words: Vec<String> = words.iter().map(|word| json::quoted(word)).collect();
            format!("{}:[{}]", json::quoted(name), words.join(","))
        });
        let text = format!("{{{}}}", entries.collect::<Vec<_>>().join(","));
        self.first.map(|first| (first, text))
    }
}

/// The parts of an answer that lists what is wrong: its list, the first element of it, and that one's reason.
struct Parts<'a> {
    errors: &'a str,
    element: &'a str,
    reason: &'a str,
}

impl<'a> Parts<'a> {
    fn of(body: &'a str) -> Option<Self> {
        let errors = Fields::parse(body).ok()?.get(ERRORS)?;
        let element = *attribute::elements(errors).ok()?.first()?;
        let reason = Fields::parse(element).ok()?.get(REASON)?;
        Some(Parts { errors, element, reason })
    }
}

/// The body of `response` with these reasons, each as JSON text, in the place of its own.
pub(crate) fn with_reasons(response: &Response, reasons: &[String]) -> String {
    let Some(parts) = Parts::of(response.body) else { return response.body.to_owned() };
    let elements: Vec<String> = reasons.iter().map(|reason| parts.element.replacen(parts.reason, reason, 1)).collect();
    response.body.replacen(parts.errors, &format!("[{}]", elements.join(",")), 1)
}

#[cfg(test)]
mod tests {
    use backstitch_api::responses::push;

    use super::*;

    #[test]
    fn every_answer_about_records_says_something_of_their_attributes() {
        for response in push::ALL.iter().filter(|response| response.status == 422) {
            let complaint = Complaint::new(response, "it", &[]);
            if *response != push::SEVERAL_CLIENTS {
                assert_eq!(complaint.entries[0].0, "it", "{}", response.body);
                assert_ne!(complaint.entries[0].1[0], response.body);
            }
            assert!(
                with_reasons(response, &["1".to_owned(), "2".to_owned()]).ends_with(r#"[{"reason":1},{"reason":2}]}"#)
            );
        }
    }

    #[test]
    fn an_answer_without_reasons_is_said_whole() {
        const ODD: Response = Response { status: 422, body: "No <ARGUMENT>!", is_json: false };
        let mut reason = Reason::default();
        reason.add(Complaint::new(&ODD, "it", &[]));
        reason.add(Complaint::new(&ODD, "it", &[]));
        let (first, text) = reason.into_json().expect("a complaint");
        assert_eq!(text, r#"{"it":["No it!"]}"#);
        assert_eq!(with_reasons(first, &[text]), "No <ARGUMENT>!");
    }
}
