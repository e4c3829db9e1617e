//! The account somebody signs in with: shown, linked under its address, taken away.

use base::Id;
use platform::Account;

use crate::app::App;
use crate::components::{ActionForm, Badge, Button, Field, Flash, Form, Fragment};
use crate::middleware::Problem;
use crate::session::Signed;

/// What is linked now, and the form that links an account, sent to `action` as `adresse`; an empty address takes it away.
pub(super) async fn pieces(
    app: &App,
    signed: &Signed,
    action: &str,
    linked: Option<Id<Account>>,
    (address, problem): (String, Option<String>),
) -> Result<Vec<Fragment>, Problem> {
    let mut pieces: Vec<Fragment> = Vec::new();
    if let Some(account) = linked {
        let names = school::accounts::names(&app.platform, &signed.actor, &[account]).await?;
        let name = names.get(&account).map_or("un compte", String::as_str);
        pieces.push(Badge::ok(format!("relié au compte de {name}")).into());
        pieces.push(ActionForm::new(action, Button::quiet("Délier ce compte")).hidden("adresse", "").into());
    }
    let field = Field::email("adresse", "Adresse électronique du compte")
        .value(address)
        .hint("Celle sous laquelle la personne se connecte. L’administration du département crée les comptes et leurs mandats.")
        .required();
    let form =
        Form::post(action).without_focus().problem(problem).field(field).button(Button::secondary("Relier ce compte"));
    pieces.push(form.into());
    Ok(pieces)
}

/// What is told once an address was accepted.
pub(super) fn told(address: &str) -> Flash {
    match address.trim() {
        "" => Flash::success("Le compte est délié."),
        _ => Flash::success("Le compte est relié."),
    }
}
