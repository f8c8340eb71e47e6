//! What a destination makes of names: the steps, and the documented examples, which hold them to
//! account.

use backstitch_codegen::destination::{Case, Class, Step, transform};
use backstitch_codegen::model::Transform;
use backstitch_codegen::name::nearest;

use crate::diagnostic::{Code, Diagnostic};
use crate::object::Reader;
use crate::yaml::Node;

type Steps = Vec<Step<Vec<Class>>>;

/// The steps that are a bare name in a definition.
const PLAIN: &[(&str, Step<Vec<Class>>)] = &[
    ("lower-case", Step::LowerCase),
    ("upper-case", Step::UpperCase),
    ("trim-spaces", Step::TrimSpaces),
    ("spaces-to-underscores", Step::SpacesToUnderscores),
    ("leading-digits-to-underscore", Step::LeadingDigitsToUnderscore),
    ("underscore-before-leading-digits", Step::UnderscoreBeforeLeadingDigits),
];

/// The keys of an example of a name.
const TRANSFORM_KEYS: &[&str] = &["description", "from", "kind", "to"];

/// A step made of the characters that it leaves alone.
type WithCharacters = fn(Vec<Class>) -> Step<Vec<Class>>;

/// The steps that need characters.
const OF_CHARACTERS: &[(&str, WithCharacters)] = &[
    ("remove-others", Step::RemoveOthers),
    ("replace-others", Step::ReplaceOthers),
    ("strip-leading-others", Step::StripLeadingOthers),
];

impl Reader<'_, '_> {
    /// The steps, and the examples that they were held against.
    pub(super) fn transforms(&mut self, case: Case) -> (Steps, Vec<Transform>) {
        let errors = self.report.errors();
        let nodes = self.list("name-steps");
        let steps: Steps = nodes.iter().filter_map(|node| self.step(node)).collect();
        let is_whole = self.report.errors() == errors;
        if is_whole {
            self.check_case(case, &steps);
            self.check_order(&nodes, &steps);
        }
        let mut transforms = Vec::new();
        for node in self.list("transforms") {
            self.known_keys_of(&self.document.source, &node, "an example of a name", TRANSFORM_KEYS);
            let Some((example, to)) = self.example(&node) else { continue };
            if is_whole {
                self.check_example(&steps, &example, &to);
            }
            transforms.push(example);
        }
        (steps, transforms)
    }

    fn step(&mut self, node: &Node) -> Option<Step<Vec<Class>>> {
        let (name, characters) = match (node.text(), node.mapping()) {
            (Some(_), _) => (node, None),
            (None, Some([(name, characters)])) => (name, Some(characters)),
            _ => {
                self.wrong_kind(node, "the name of one step");
                return None;
            }
        };
        let text = name.text().unwrap_or_default();
        let plain = PLAIN.iter().find(|(known, _)| *known == text);
        let of_characters = OF_CHARACTERS.iter().find(|(known, _)| *known == text);
        match (plain, of_characters, characters) {
            (Some((_, step)), _, None) => Some(step.clone()),
            (_, Some((_, step)), Some(characters)) => {
                let classes = self.classes(characters);
                (!classes.is_empty()).then(|| step(classes))
            }
            (Some(_), _, Some(characters)) => {
                self.report.push(
                    Diagnostic::error(
                        Code::WrongKind,
                        self.document.place(characters),
                        format!("the step `{text}` takes no characters"),
                    )
                    .help(format!("write `- \"{text}\"`")),
                );
                None
            }
            (None, Some(_), None) => {
                self.report.push(
                    Diagnostic::error(
                        Code::WrongKind,
                        self.document.place(name),
                        format!("the step `{text}` needs the characters that it leaves alone"),
                    )
                    .help(format!("write `- {text}: [\"letters\", \"digits\", \"_\"]`")),
                );
                None
            }
            (None, None, _) => {
                let names: Vec<&str> =
                    PLAIN.iter().map(|(name, _)| *name).chain(OF_CHARACTERS.iter().map(|(name, _)| *name)).collect();
                self.report.push(
                    Diagnostic::error(Code::UnknownStep, self.document.place(name), format!("unknown step `{text}`"))
                        .help(match nearest(text, names.iter().copied()) {
                            Some(near) => format!("write `{near}`"),
                            None => format!("use one of `{}`", names.join("`, `")),
                        }),
                );
                None
            }
        }
    }

    /// The characters that a step leaves alone: names of classes, and single characters.
    fn classes(&mut self, node: &Node) -> Vec<Class> {
        let Some(elements) = node.sequence().filter(|elements| !elements.is_empty()) else {
            self.wrong_kind(node, "a list of characters");
            return Vec::new();
        };
        let mut classes = Vec::new();
        for element in elements {
            let text = element.text().unwrap_or_default();
            let mut characters = text.chars();
            match (Class::ALL.iter().find(|(known, _)| *known == text), characters.next(), characters.next()) {
                (Some((_, class)), _, _) => classes.push(*class),
                (None, Some(character), None) => classes.push(Class::Character(character)),
                _ => self.report.push(
                    Diagnostic::error(
                        Code::UnknownStep,
                        self.document.place(element),
                        format!("unknown characters `{text}`"),
                    )
                    .help(match nearest(text, Class::ALL.iter().map(|(name, _)| *name)) {
                        Some(near) => format!("write `{near}`"),
                        None => "write `letters`, `digits` or a single character in quotes".to_owned(),
                    }),
                ),
            }
        }
        classes
    }

    /// The steps must make of letters what the destination is said to make of them.
    fn check_case(&mut self, case: Case, steps: &[Step<Vec<Class>>]) {
        let Some(node) = self.document.get("case") else { return };
        let found = steps.iter().find_map(|step| match step {
            Step::LowerCase => Some("lower-case"),
            Step::UpperCase => Some("upper-case"),
            _ => None,
        });
        let expected = match case {
            Case::Lower => Some("lower-case"),
            Case::Upper => Some("upper-case"),
            Case::Kept | Case::Insensitive => None,
        };
        if found == expected {
            return;
        }
        let (message, help) = match (expected, found) {
            (Some(step), _) => {
                (format!("no step is `{step}`, which this case asks for"), format!("add `{step}` to the steps"))
            }
            (None, found) => {
                let step = found.unwrap_or_default();
                (format!("the step `{step}` does not keep the case"), format!("remove the step `{step}`"))
            }
        };
        let mut diagnostic = Diagnostic::error(Code::TransformMismatch, self.document.place(node), message).help(help);
        if let Some(steps) = self.document.get("name-steps") {
            diagnostic = diagnostic.mark(self.document.place(steps), "the steps");
        }
        self.report.push(diagnostic);
    }

    /// A letter in another case can be several characters, not all of them letters: only what comes after
    /// can take them out.
    fn check_order(&mut self, nodes: &[Node], steps: &[Step<Vec<Class>>]) {
        let has_characters = |step: &Step<Vec<Class>>| {
            matches!(step, Step::RemoveOthers(_) | Step::ReplaceOthers(_) | Step::StripLeadingOthers(_))
        };
        let Some(first) = steps.iter().position(has_characters) else { return };
        for (node, step) in nodes.iter().zip(steps).skip(first) {
            if matches!(step, Step::LowerCase | Step::UpperCase) {
                self.report.push(
                    Diagnostic::warning(
                        Code::TransformMismatch,
                        self.document.place(node),
                        "a change of case can bring back characters that a step before it took out",
                    )
                    .help("move it to the start of the steps"),
                );
            }
        }
    }

    /// An example, and where the name in the destination stands.
    fn example(&mut self, node: &Node) -> Option<(Transform, Node)> {
        let part = |key: &str| node.get(key).filter(|part| part.text().is_some());
        let (Some(from), Some(to)) = (part("from"), part("to")) else {
            self.wrong_kind(node, "an example with `from` and `to`");
            return None;
        };
        let text = |node: &Node| node.text().unwrap_or_default().to_owned();
        let kind = self.text(node.get("kind").filter(|kind| !kind.is_null()));
        Some((Transform { kind, from: text(from), to: text(to) }, to.clone()))
    }

    /// What the steps make of the example is what the documentation says.
    fn check_example(&mut self, steps: &[Step<Vec<Class>>], example: &Transform, to: &Node) {
        let made = transform(steps, &example.from);
        if made == example.to {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            Code::TransformMismatch,
            self.document.place(to),
            format!("the steps make `{made}` of `{}`, not `{}`", example.from, example.to),
        );
        if let Some(steps) = self.document.get("name-steps") {
            diagnostic = diagnostic.mark(self.document.place(steps), "the steps");
        }
        self.report.push(diagnostic.help("change the steps, or the example where it is not as it is documented"));
    }
}
