use platform::gate::{ActionKind, Purpose, Role};
use territory::{Names, SubjectKind};

use super::capital;
use crate::components::{Button, Choice, Field, Form};

/// What was typed in the form of a mandate.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    pub organisation: String,
    pub structure: String,
    pub role: String,
    pub finalite: String,
    pub debut: String,
    pub fin: String,
}

#[derive(Default)]
pub(super) struct Errors {
    pub organisation: Option<String>,
    pub role: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub whole: Option<String>,
}

/// Every role that a person can be given.
pub(super) fn roles(none: &str) -> Vec<Choice> {
    let roles = Role::ALL.iter().filter(|role| **role != Role::Program);
    let mut choices = vec![Choice::new("", none)];
    choices.extend(roles.map(|role| Choice::new(role.as_code(), capital(role.label()))));
    choices
}

/// Everything that can be done.
pub(super) fn actions(none: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", none)];
    choices.extend(ActionKind::ALL.iter().map(|action| Choice::new(action.as_code(), capital(action.label()))));
    choices
}

fn offered(names: &Names, sort: SubjectKind, none: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", none)];
    choices.extend(names.offered(sort).into_iter().map(|(code, name)| Choice::new(code, name)));
    choices
}

/// The form that gives a mandate.
pub(super) fn mandate(action: String, names: &Names, typed: &Typed, errors: Errors) -> Form {
    let mut purposes = vec![Choice::new("", "Celle qui va de soi pour ce rôle")];
    purposes.extend(Purpose::ALL.iter().map(|purpose| Choice::new(purpose.as_code(), capital(purpose.label()))));
    let untouched = typed.role.is_empty() && errors.whole.is_none();
    let form = Form::post(action)
        .problem(errors.whole)
        .field(
            Field::select("organisation", "Organisation", offered(names, SubjectKind::Organisation, "Choisir…"))
                .hint("Pour laquelle la personne agit\u{a0}: son employeur, ou l’opérateur de l’agence.")
                .value(&*typed.organisation)
                .required()
                .error(errors.organisation),
        )
        .field(Field::select("role", "Rôle", roles("Choisir…")).value(&*typed.role).required().error(errors.role))
        .field(
            Field::select("structure", "Structure", offered(names, SubjectKind::Structure, "Aucune en particulier"))
                .hint("Nécessaire pour les rôles d’une agence ou d’un service social\u{a0}: elle dit quelles personnes sont vues.")
                .value(&*typed.structure),
        )
        .field(Field::select("finalite", "Finalité", purposes).value(&*typed.finalite))
        .field(Field::date("debut", "Premier jour").value(&*typed.debut).required().error(errors.from))
        .field(
            Field::date("fin", "Dernier jour")
                .hint("À laisser vide si l’on ne sait pas encore.")
                .value(&*typed.fin)
                .error(errors.to),
        )
        .button(Button::primary("Donner ce mandat"));
    if untouched { form.without_focus() } else { form }
}
