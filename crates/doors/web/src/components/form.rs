use askama::Template;

use super::fragment::component;
use super::{Button, Field, Fragment, Icon, Link};

/// A form: the summary of its errors, its questions, its buttons. It is checked by the server, so
/// that errors are in French, complete and the same with or without script.
#[derive(Template, Clone)]
#[template(path = "components/form.html")]
pub struct Form {
    action: String,
    hidden: Vec<(String, String)>,
    problem: Option<Fragment>,
    fields: Vec<Field>,
    buttons: Vec<Button>,
    cancel: Option<Link>,
    takes_focus: bool,
}

impl Form {
    pub fn post(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            hidden: Vec::new(),
            problem: None,
            fields: Vec::new(),
            buttons: Vec::new(),
            cancel: None,
            takes_focus: true,
        }
    }

    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// What is wrong with the whole answer, not with one field.
    pub fn problem(mut self, problem: Option<impl Into<Fragment>>) -> Self {
        self.problem = problem.map(Into::into);
        self
    }

    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    pub fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// Where « Annuler » leads.
    pub fn cancel(mut self, href: impl Into<String>) -> Self {
        self.cancel = Some(Link::new(href, "Annuler"));
        self
    }

    /// Errors do not take the focus when the page opens: for a form that is only one part of its page.
    pub fn without_focus(mut self) -> Self {
        self.takes_focus = false;
        self
    }

    /// Whether anything is to be mended: the page then answers 422.
    pub fn has_errors(&self) -> bool {
        self.problem.is_some() || self.fields.iter().any(|field| field.problem().is_some())
    }

    fn problems(&self) -> Vec<(String, &str)> {
        self.fields.iter().filter_map(Field::problem).collect()
    }

    fn sends_file(&self) -> bool {
        self.fields.iter().any(Field::sends_file)
    }
}

component!(Form);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_leads_to_each_field_in_error() {
        let form = Form::post("/compte")
            .field(Field::text("nom", "Nom").required().error(Some("Écrivez le nom.")))
            .field(Field::file("fichier", "Fichier", ".xml"))
            .button(Button::primary("Enregistrer"));
        let html = form.render().unwrap();
        assert!(form.has_errors());
        assert!(html.contains(r##"<a href="#champ-nom">Écrivez le nom.</a>"##), "{html}");
        assert!(html.contains("multipart/form-data"), "{html}");
    }
}
