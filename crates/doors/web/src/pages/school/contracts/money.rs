//! What the OPCO pays for a contract: what to invoice and when, what was, what was received.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id};
use law::apprenticeship::InstalmentKind;
use school::contract::{self, Contract, ContractFile, Expected, InvoiceNumber, NewInvoice};

use super::super::home::hundredths;
use super::super::{day, id, mendable, typed};
use super::{Sent, Whole, draw, euros, path};
use crate::app::App;
use crate::components::{Badge, Button, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Query, Row, Table};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::to_mend;
use crate::session::{Signed, redirect_with};

/// The schedule of payments, each line with where it stands.
pub(super) fn schedule(file: &ContractFile, today: Date) -> Table {
    let rows = file.schedule.iter().map(|expected| {
        let line = &expected.instalment;
        Row::new([
            Fragment::with_detail(line.kind.label(), line.why.as_str()),
            fr::date_long(line.from).into(),
            line.until.map_or_else(|| "—".to_owned(), fr::date_long).into(),
            standing(file, expected, today),
            euros(line.cents).into(),
        ])
    });
    let columns = [
        Column::text("Versement"),
        Column::text("À facturer à partir du"),
        Column::text("Au plus tard le"),
        Column::text("Où il en est"),
        Column::number("Montant"),
    ];
    Table::new("versements", "Versements attendus", columns, rows)
}

fn standing(file: &ContractFile, expected: &Expected, today: Date) -> Fragment {
    let line = &expected.instalment;
    match &expected.invoice {
        Some(invoice) => {
            let paid = file.payments.iter().find(|payment| payment.value.number == invoice.value.number);
            let badge = match paid {
                Some(payment) if payment.value.amount == invoice.value.amount => {
                    Badge::ok(format!("payé le {}", fr::date_long(payment.valid.from)))
                }
                Some(payment) => Badge::warning(format!("payé en partie le {}", fr::date_long(payment.valid.from))),
                None => Badge::info(format!("facturé le {}", fr::date_long(invoice.valid.from))),
            };
            let differs = (invoice.value.amount != line.cents)
                .then(|| format!("{} facturés pour {} prévus", euros(invoice.value.amount), euros(line.cents)));
            Fragment::with_detail(badge, differs.unwrap_or_default())
        }
        None if line.cents == 0 => "rien à facturer".into(),
        None if line.until.is_some_and(|until| until < today) => Badge::danger("hors délai").into(),
        None if line.from <= today => Badge::warning("à facturer").into(),
        None => "plus tard".into(),
    }
}

/// The invoices sent, with what was received for each.
pub(super) fn invoices(file: &ContractFile, own: &str, manages: bool, today: Date) -> Table {
    let rows = file.invoices.iter().map(|fact| {
        let kind = InstalmentKind::from_code(&fact.value.kind).map_or("", InstalmentKind::label);
        let paid = file.payments.iter().find(|payment| payment.value.number == fact.value.number);
        let received: Fragment = match paid {
            Some(payment) => Fragment::with_detail(
                Badge::ok(euros(payment.value.amount)),
                format!("le {}", fr::date_long(payment.valid.from)),
            ),
            None if manages => Form::post(format!("{own}/factures/{}/versement", fact.value.number))
                .without_focus()
                .field(
                    Field::date("recu", format!("Reçu le, pour {}", fact.value.reference))
                        .value(today.to_string())
                        .required(),
                )
                .field(Field::text("somme", "Montant reçu, en euros").value(typed_euros(fact.value.amount)).required())
                .button(Button::secondary("Noter le versement"))
                .into(),
            None => "—".into(),
        };
        Row::new([
            Fragment::with_detail(fact.value.reference.as_str(), kind),
            fr::date_long(fact.valid.from).into(),
            euros(fact.value.amount).into(),
            received,
        ])
    });
    let columns =
        [Column::text("Facture"), Column::text("Envoyée le"), Column::number("Montant"), Column::text("Reçu")];
    Table::new("factures", "Factures envoyées", columns, rows)
        .empty(EmptyState::new("Aucune facture envoyée", "Notez chaque facture envoyée à l’opérateur de compétences."))
}

/// An amount as it is typed: « 1830,50 ».
fn typed_euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{},{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// The form of an invoice, which offers first what is to be invoiced today.
pub(super) fn form(file: &ContractFile, own: &str, sent: &Sent<'_>, today: Date) -> Form {
    let due = file
        .schedule
        .iter()
        .find(|expected| expected.invoice.is_none() && expected.instalment.from <= today)
        .map(|expected| &expected.instalment);
    let (form, problem) = sent.of("facture");
    let value = |name: &str, other: String| form.get(name).map_or(other, str::to_owned);
    let kinds = InstalmentKind::ALL.iter().map(|kind| Choice::new(kind.code(), kind.label()));
    Form::post(format!("{own}/factures"))
        .without_focus()
        .problem(problem)
        .field(
            Field::select("versement", "Versement", kinds)
                .value(value("versement", due.map_or("first", |line| line.kind.code()).to_owned()))
                .required(),
        )
        .field(Field::text("numero", "Numéro de la facture").value(value("numero", String::new())).required())
        .field(Field::date("envoyee", "Envoyée le").value(value("envoyee", today.to_string())).required())
        .field(
            Field::text("montant", "Montant, en euros")
                .value(value("montant", due.map_or_else(String::new, |line| typed_euros(line.cents))))
                .hint("Négatif pour un avoir.")
                .required(),
        )
        .button(Button::primary("Noter la facture"))
}

fn amount(form: &Query, name: &str) -> Result<i64, String> {
    let text = form.get(name).unwrap_or_default().trim();
    let (sign, digits) = text.strip_prefix(['-', '−']).map_or((1, text), |digits| (-1, digits));
    hundredths(digits).map(|cents| sign * cents).ok_or_else(|| "Écrivez le montant en euros, comme 1830,50.".to_owned())
}

fn read(form: &Query) -> Result<NewInvoice, String> {
    Ok(NewInvoice {
        on: day(form, "envoyee", "le jour de l’envoi")?,
        kind: form.get("versement").and_then(InstalmentKind::from_code).ok_or("Choisissez le versement.")?,
        reference: form.get("numero").unwrap_or_default().to_owned(),
        amount: amount(form, "montant")?,
    })
}

pub async fn add(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let contract: Id<Contract> = id(&own)?;
    let form = typed(&body);
    let done = match read(&form) {
        Err(problem) => Err(problem),
        Ok(new) => match contract::add_invoice(&app.platform, &signed.actor, contract, new).await {
            Ok(_) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    answer(&app, &signed, &own, contract, &form, done, "La facture est notée.").await
}

pub async fn pay(
    State(app): State<App>,
    signed: Signed,
    Path((own, number)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let contract: Id<Contract> = id(&own)?;
    let number: Id<InvoiceNumber> = id(&number)?;
    let form = typed(&body);
    let read = || Ok::<_, String>((day(&form, "recu", "le jour du versement")?, amount(&form, "somme")?));
    let done = match read() {
        Err(problem) => Err(problem),
        Ok((on, cents)) => {
            match contract::note_payment(&app.platform, &signed.actor, contract, number, on, cents).await {
                Ok(()) => Ok(()),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    answer(&app, &signed, &own, contract, &form, done, "Le versement est noté.").await
}

async fn answer(
    app: &App,
    signed: &Signed,
    own: &str,
    contract: Id<Contract>,
    form: &Query,
    done: Result<(), String>,
    told: &str,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(redirect_with(Flash::success(told), &format!("{}#versements", path(contract)))),
        Err(problem) => {
            let whole = Whole::read(app, signed, own).await?;
            let sent = Sent { form, of: "facture", problem: Some(problem) };
            Ok(to_mend(&draw(app, signed, &whole, &sent).await?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for cents in [0, 5, 123_450, -5_000] {
            let form = Query::parse(Some(&format!("montant={}", typed_euros(cents))));
            assert_eq!(amount(&form, "montant"), Ok(cents));
        }
        assert!(amount(&Query::parse(Some("montant=beaucoup")), "montant").is_err());
    }
}
