use askama::Template;

use super::fragment::component;
use super::{Fragment, Icon};

/// One question of a form: label, hint, control, and the error beside it.
///
/// Ids are made from the name (`champ-nom`, `aide-nom`, `erreur-nom`): a name occurs once in a page,
/// or takes a [`Field::prefix`].
#[derive(Template, Clone)]
#[template(path = "components/field.html")]
pub struct Field {
    name: String,
    label: String,
    kind: Kind,
    value: String,
    hint: Option<Fragment>,
    error: Option<String>,
    required: bool,
    optional_mark: bool,
    autocomplete: Option<&'static str>,
    autofocus: bool,
    prefix: String,
    width: &'static str,
}

#[derive(Clone, PartialEq)]
enum Kind {
    /// An `<input>` of this type.
    Input(&'static str),
    /// A number or code typed on a digit keypad, kept as text.
    Digits,
    Textarea {
        rows: u8,
    },
    Select(Vec<Choice>),
    Radios(Vec<Choice>),
    Checkboxes(Vec<Choice>),
    Checkbox {
        checked: bool,
    },
    File {
        accept: String,
        several: bool,
    },
    /// A text completed by suggestions fetched from this address (`?q=`), as `<option>` lines.
    Typeahead {
        suggestions: String,
    },
}

/// One answer of a list.
#[derive(Clone, PartialEq)]
pub struct Choice {
    value: String,
    label: String,
    hint: Option<String>,
    chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, chosen: false }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }
}

impl Field {
    fn new(kind: Kind, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            hint: None,
            error: None,
            required: false,
            optional_mark: true,
            autocomplete: None,
            autofocus: false,
            prefix: String::new(),
            width: "",
        }
    }

    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Kind::Input("text"), name, label)
    }

    pub fn search(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Kind::Input("search"), name, label)
    }

    pub fn email(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Kind::Input("email"), name, label)
    }

    pub fn telephone(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Kind::Input("tel"), name, label)
    }

    pub fn password(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Kind::Input("password"), name, label)
    }

    /// Value and answer as `2026-11-22`.
    pub fn date(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { width: "narrow", ..Self::new(Kind::Input("date"), name, label) }
    }

    /// Value and answer as `14:30`.
    pub fn time(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { width: "narrow", ..Self::new(Kind::Input("time"), name, label) }
    }

    /// A whole number, a code, a SIRET.
    pub fn digits(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { width: "narrow", ..Self::new(Kind::Digits, name, label) }
    }

    pub fn textarea(name: impl Into<String>, label: impl Into<String>, rows: u8) -> Self {
        Self::new(Kind::Textarea { rows }, name, label)
    }

    /// One among few or many; the answer is the choice of this value, see [`Field::value`].
    pub fn select(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(Kind::Select(choices.into_iter().collect()), name, label)
    }

    /// One among two to five, all seen at once.
    pub fn radios(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(Kind::Radios(choices.into_iter().collect()), name, label)
    }

    /// Any among a few; sent as the name repeated. Mark those already taken with [`Choice::chosen`].
    pub fn checkboxes(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(Kind::Checkboxes(choices.into_iter().collect()), name, label)
    }

    /// A single yes, sent as `name=oui`.
    pub fn checkbox(name: impl Into<String>, label: impl Into<String>, checked: bool) -> Self {
        Self { optional_mark: false, ..Self::new(Kind::Checkbox { checked }, name, label) }
    }

    /// `accept` as in HTML: `.xml,.csv`.
    pub fn file(name: impl Into<String>, label: impl Into<String>, accept: impl Into<String>) -> Self {
        Self::new(Kind::File { accept: accept.into(), several: false }, name, label)
    }

    /// One or several files at once.
    pub fn files(name: impl Into<String>, label: impl Into<String>, accept: impl Into<String>) -> Self {
        Self::new(Kind::File { accept: accept.into(), several: true }, name, label)
    }

    /// A text completed by the suggestions of `GET {suggestions}?q=…` (see `components/suggestions.html`).
    /// Without script it is a plain text: the server reads what was typed either way.
    pub fn typeahead(name: impl Into<String>, label: impl Into<String>, suggestions: impl Into<String>) -> Self {
        Self::new(Kind::Typeahead { suggestions: suggestions.into() }, name, label)
    }

    /// The present answer; in a select or radios, the choice of this value is taken.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        if let Kind::Select(choices) | Kind::Radios(choices) = &mut self.kind {
            for choice in choices {
                choice.chosen = choice.value == self.value;
            }
        }
        self
    }

    pub fn hint(mut self, hint: impl Into<Fragment>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong and how to mend it, when something is.
    pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The browser may fill it: `username`, `current-password`, `new-password`, `email`, `tel` …
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// Takes the focus when the page opens: only where the page is one question (signing in).
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// Makes the ids unique when two forms of a page ask the same name.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = format!("{}-", prefix.into());
        self
    }

    /// Where nothing is required, as in a filter bar, « facultatif » would say nothing.
    pub fn without_optional_mark(mut self) -> Self {
        self.optional_mark = false;
        self
    }

    pub(super) fn problem(&self) -> Option<(String, &str)> {
        Some((self.control_id(), self.error.as_deref()?))
    }

    pub(super) fn sends_file(&self) -> bool {
        matches!(self.kind, Kind::File { .. })
    }

    /// The id an error summary leads to.
    fn control_id(&self) -> String {
        match self.kind {
            Kind::Radios(_) | Kind::Checkboxes(_) => format!("{}champ-{}-1", self.prefix, self.name),
            _ => format!("{}champ-{}", self.prefix, self.name),
        }
    }

    fn id(&self, part: &str) -> String {
        format!("{}{part}-{}", self.prefix, self.name)
    }

    fn grouped(&self) -> bool {
        matches!(self.kind, Kind::Radios(_) | Kind::Checkboxes(_))
    }

    /// Ids of the hint and the error, in reading order.
    fn described_by(&self) -> Option<String> {
        let parts = [self.hint.as_ref().map(|_| self.id("aide")), self.error.as_ref().map(|_| self.id("erreur"))];
        let ids: Vec<String> = parts.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The answer to a typeahead: the texts that may be meant, each with what tells it from its like
/// (« Saint-Denis », « 93200 »).
#[derive(Template, Clone)]
#[template(path = "components/suggestions.html")]
pub struct Suggestions {
    suggestions: Vec<(String, String)>,
}

impl Suggestions {
    pub fn new(suggestions: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { suggestions: suggestions.into_iter().collect() }
    }
}

component!(Field, Suggestions);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_tied_to_its_control() {
        let field = Field::date("naissance", "Date de naissance")
            .value("2026-13-40")
            .hint("Par exemple 14/03/1985")
            .error(Some("Cette date n’existe pas."))
            .required();
        let html = field.render().unwrap();
        assert!(html.contains(r#"aria-describedby="aide-naissance erreur-naissance""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(html.contains(r#"id="erreur-naissance""#), "{html}");
        assert!(!html.contains("facultatif"), "{html}");
    }

    #[test]
    fn the_value_takes_its_choice() {
        let choices = [Choice::new("93066", "Saint-Denis"), Choice::new("93072", "Stains")];
        let html = Field::select("commune", "Commune", choices).value("93072").render().unwrap();
        assert!(html.contains(r#"<option value="93072" selected>Stains</option>"#), "{html}");
        assert!(html.contains("(facultatif)"), "{html}");
    }
}
