//! `/ecole/moyens`: who teaches what and when, the rooms, and the days on which the school is closed.

use axum::extract::{RawForm, State};
use axum::response::Response;
use base::{Date, Id, Period};
use jiff::civil::Time;
use platform::Structure;
use platform::gate::ActionKind;
use school::cohort::{self, Half, HalfHours, Hours, RoomProfile, RoomView, SchoolHours, TrainerProfile, TrainerView};

use super::{Part, Parts, days, mendable, own_school, sites, tabs, typed, whole};
use crate::app::App;
use crate::components::{
    Badge, Button, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/ecole/moyens";

/// Half-days of the week, Monday morning first.
const HALVES: [&str; 10] = [
    "lundi matin",
    "lundi après-midi",
    "mardi matin",
    "mardi après-midi",
    "mercredi matin",
    "mercredi après-midi",
    "jeudi matin",
    "jeudi après-midi",
    "vendredi matin",
    "vendredi après-midi",
];

/// The form that was sent, by what it is about, and what is to be mended in it.
#[derive(Default)]
struct Sent {
    form: Query,
    of: &'static str,
    problem: Option<String>,
}

impl Sent {
    fn value(&self, of: &str, name: &str, other: &str) -> String {
        if self.of == of { self.form.get(name).unwrap_or(other).to_owned() } else { other.to_owned() }
    }

    fn problem(&self, of: &str) -> Option<String> {
        self.problem.clone().filter(|_| self.of == of)
    }
}

pub async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    Ok(page(&draw(&app, &signed, &Sent::default()).await?))
}

/// « lundi matin, mardi matin »; « toute la semaine ».
pub(super) fn free_halves(free: i64) -> String {
    let free: Vec<&str> =
        HALVES.iter().enumerate().filter(|(bit, _)| free >> bit & 1 == 1).map(|(_, name)| *name).collect();
    match free.len() {
        0 => "jamais".to_owned(),
        10 => "toute la semaine".to_owned(),
        _ => fr::list(&free),
    }
}

async fn draw(app: &App, signed: &Signed, sent: &Sent) -> Result<Parts, Problem> {
    let school = own_school(signed)?;
    let (platform, actor) = (&app.platform, &signed.actor);
    let trainers = cohort::trainers(platform, actor, school).await?;
    let rooms = cohort::rooms(platform, actor, school).await?;
    let closures = cohort::closures(platform, actor, school).await?;
    let names = app.directory.names(platform, app.tenant).await?;
    let may = signed.may(ActionKind::ManageSchool);

    let mut of_trainers: Vec<Fragment> = vec![trainer_table(&trainers, may).into()];
    let rows = rooms.iter().map(|room| {
        let profile = &room.profile.value;
        Row::new([
            profile.name.as_str().into(),
            names.name(profile.site).into(),
            fr::number(profile.seats).into(),
            or_dash(
                room.closures
                    .iter()
                    .map(|fact| format!("{}\u{a0}: {}", fr::period(fact.valid), fact.value.label))
                    .collect(),
            ),
        ])
    });
    let columns = [Column::text("Salle"), Column::text("Site"), Column::number("Places"), Column::text("Indisponible")];
    let table = Table::new("salles", "Salles", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucune salle", "Ajoutez les salles où les promotions ont cours."));
    let mut of_rooms: Vec<Fragment> = vec![table.into()];
    let rows = closures
        .iter()
        .map(|fact| Row::new([fr::capitalised(&fr::period(fact.valid)).into(), fact.value.label.as_str().into()]));
    let table = Table::new("fermetures", "Fermetures", [Column::text("Période"), Column::text("Raison")], rows)
        .caption_hidden()
        .empty(EmptyState::new(
            "Aucune fermeture notée",
            "Les jours fériés sont connus\u{a0}: notez les congés de l’école.",
        ));
    let mut of_school: Vec<Fragment> = vec![table.into()];
    let hours = cohort::hours(platform, actor, school).await?;
    let mut of_hours: Vec<Fragment> = vec![hours_table(&hours, platform.today()).into()];
    if may {
        of_hours.push(hours_form(sent).into());
        of_trainers.push(trainer_form(sent).into());
        if !trainers.is_empty() {
            of_trainers.push(absence_form(&trainers, sent).into());
        }
        of_rooms.push(room_form(sites(&names), sent).into());
        if !rooms.is_empty() {
            of_rooms.push(room_closure_form(&rooms, sent).into());
        }
        of_school.push(closure_form(sent).into());
    }
    let layout = signed
        .layout(app, PATH, "Formateurs et salles")
        .crumb("École", super::PATH)
        .lead("Qui enseigne quoi et quand, où, et les jours de fermeture\u{a0}: l’emploi du temps s’y plie.");
    let mut parts = Parts::new(
        layout,
        vec![
            Part::new("formateurs", "Formateurs et formatrices", of_trainers),
            Part::new("salles", "Salles", of_rooms),
            Part::new("fermetures", "Fermetures de l’école", of_school),
            Part::new("horaires", "Horaires des demi-journées", of_hours)
                .lead("Ce que montrent les calendriers et les agendas."),
        ],
    );
    parts.tabs = Some(tabs(signed, PATH));
    Ok(parts)
}

fn or_dash(lines: Vec<String>) -> Fragment {
    if lines.is_empty() { "—".into() } else { fr::capitalised(&lines.join("\u{a0}; ")).into() }
}

fn trainer_table(trainers: &[TrainerView], may: bool) -> Table {
    let rows = trainers.iter().map(|trainer| {
        let profile = &trainer.profile.value;
        Row::new([
            Fragment::with_detail(
                match may {
                    true => Link::new(super::trainer::path(trainer.id), profile.name.as_str()).into(),
                    false => Fragment::from(profile.name.as_str()),
                },
                fr::period(trainer.profile.valid),
            ),
            if profile.modules.0.is_empty() { "—".into() } else { profile.modules.0.join(", ").into() },
            free_halves(profile.free).into(),
            or_dash(trainer.absences.iter().map(|fact| fr::period(fact.valid)).collect()),
            match profile.account {
                Some(_) => Badge::ok("relié").into(),
                None => Badge::neutral("aucun").into(),
            },
        ])
    });
    let columns = [
        Column::text("Nom"),
        Column::text("Modules"),
        Column::text("Disponible"),
        Column::text("Absences"),
        Column::text("Compte"),
    ];
    Table::new("formateurs", "Formateurs et formatrices", columns, rows).caption_hidden().empty(EmptyState::new(
        "Personne n’enseigne encore",
        "Ajoutez formateurs et formatrices, avec les modules et les demi-journées de chacun.",
    ))
}

fn trainer_form(sent: &Sent) -> Form {
    let value = |name: &str| sent.value("formateur", name, "");
    let chosen = |bit: usize| match sent.of {
        "formateur" => sent.form.all("libre").any(|typed| typed == bit.to_string()),
        _ => true,
    };
    let halves = HALVES
        .iter()
        .enumerate()
        .map(|(bit, name)| Choice::new(bit.to_string(), fr::capitalised(name)).chosen(chosen(bit)));
    Form::post(format!("{PATH}/formateurs"))
        .without_focus()
        .problem(sent.problem("formateur"))
        .field(Field::text("nom", "Nom").value(value("nom")).prefix("formateur").required())
        .field(
            Field::text("modules", "Modules que la personne peut tenir")
                .value(value("modules"))
                .prefix("formateur")
                .hint("Leurs codes, séparés par des virgules."),
        )
        .field(Field::checkboxes("libre", "Demi-journées disponibles", halves))
        .field(Field::date("du", "À partir du").value(value("du")).prefix("formateur").required())
        .field(Field::date("au", "Jusqu’au").value(value("au")).prefix("formateur"))
        .button(Button::primary("Ajouter cette personne"))
}

fn absence_form(trainers: &[TrainerView], sent: &Sent) -> Form {
    let value = |name: &str| sent.value("absence", name, "");
    let choices =
        trainers.iter().map(|trainer| Choice::new(trainer.id.to_string(), trainer.profile.value.name.as_str()));
    Form::post(format!("{PATH}/absences"))
        .without_focus()
        .problem(sent.problem("absence"))
        .field(Field::select("qui", "Qui est absent", choices).value(value("qui")).required())
        .field(Field::date("du", "Premier jour").value(value("du")).prefix("absence").required())
        .field(
            Field::date("au", "Dernier jour")
                .value(value("au"))
                .prefix("absence")
                .hint("Jamais de raison de santé, ni ici ni ailleurs."),
        )
        .button(Button::secondary("Noter l’absence"))
}

fn room_form(sites: Vec<Choice>, sent: &Sent) -> Form {
    let value = |name: &str| sent.value("salle", name, "");
    Form::post(format!("{PATH}/salles"))
        .without_focus()
        .problem(sent.problem("salle"))
        .field(Field::text("nom", "Nom de la salle").value(value("nom")).prefix("salle").required())
        .field(Field::select("site", "Site", sites).value(value("site")).required())
        .field(Field::digits("places", "Places").value(value("places")).required())
        .field(Field::date("du", "À partir du").value(value("du")).prefix("salle").required())
        .button(Button::primary("Ajouter cette salle"))
}

fn room_closure_form(rooms: &[RoomView], sent: &Sent) -> Form {
    let value = |name: &str| sent.value("salle-fermee", name, "");
    let choices = rooms.iter().map(|room| Choice::new(room.id.to_string(), room.profile.value.name.as_str()));
    Form::post(format!("{PATH}/salles/fermetures"))
        .without_focus()
        .problem(sent.problem("salle-fermee"))
        .field(Field::select("salle", "Salle indisponible", choices).value(value("salle")).required())
        .field(Field::date("du", "Premier jour").value(value("du")).prefix("salle-fermee").required())
        .field(Field::date("au", "Dernier jour").value(value("au")).prefix("salle-fermee"))
        .field(Field::text("raison", "Raison").value(value("raison")).prefix("salle-fermee").required())
        .button(Button::secondary("Noter l’indisponibilité"))
}

fn closure_form(sent: &Sent) -> Form {
    let value = |name: &str| sent.value("fermeture", name, "");
    Form::post(format!("{PATH}/fermetures"))
        .without_focus()
        .problem(sent.problem("fermeture"))
        .field(Field::date("du", "Premier jour").value(value("du")).prefix("fermeture").required())
        .field(Field::date("au", "Dernier jour").value(value("au")).prefix("fermeture").required())
        .field(
            Field::text("raison", "Raison")
                .value(value("raison"))
                .prefix("fermeture")
                .hint("Comme «\u{a0}congés d’été\u{a0}».")
                .required(),
        )
        .button(Button::primary("Noter la fermeture"))
}

fn hours_table(hours: &Hours, today: Date) -> Table {
    let row = |when: String, day: Date, mark: Option<Badge>| {
        let of = |half| {
            let HalfHours { from, to, .. } = hours.on(day, half);
            fr::capitalised(&fr::hours(from, to))
        };
        let (morning, afternoon) = (of(Half::Morning).into(), of(Half::Afternoon).into());
        Row::new([Fragment::join([when.into(), mark.into()]), morning, afternoon])
    };
    let mut rows: Vec<Row> = hours
        .decided()
        .iter()
        .map(|fact| row(fr::capitalised(&fr::period(fact.valid)), fact.valid.from, None))
        .collect();
    if hours.on(today, Half::Morning).unconfirmed {
        let mark = Badge::warning("à confirmer par l’école");
        rows.insert(0, row("Sans décision".to_owned(), today, Some(mark)));
    }
    let columns = [Column::text("Période"), Column::text("Matin"), Column::text("Après-midi")];
    Table::new("horaires", "Horaires des demi-journées", columns, rows).caption_hidden()
}

/// The four hours asked, with what is usually typed.
const HOURS: [(&str, &str, &str); 4] = [
    ("matin-de", "Début de la matinée", "09:00"),
    ("matin-a", "Fin de la matinée", "12:30"),
    ("apres-midi-de", "Début de l’après-midi", "13:30"),
    ("apres-midi-a", "Fin de l’après-midi", "17:00"),
];

fn hours_form(sent: &Sent) -> Form {
    let form = Form::post(format!("{PATH}/horaires")).without_focus().problem(sent.problem("horaires"));
    let form = HOURS.into_iter().fold(form, |form, (name, label, usual)| {
        form.field(Field::time(name, label).value(sent.value("horaires", name, usual)).required())
    });
    let value = |name: &str| sent.value("horaires", name, "");
    form.field(Field::date("du", "À partir du").value(value("du")).prefix("horaires").required())
        .field(Field::date("au", "Jusqu’au").value(value("au")).prefix("horaires"))
        .button(Button::primary("Enregistrer ces horaires"))
}

/// « 09:30 » as minutes after midnight.
fn minutes(form: &Query, name: &str) -> Result<i64, String> {
    let text = form.get(name).unwrap_or_default();
    let time: Time = text.parse().map_err(|_| "Écrivez chaque heure comme 13:30.".to_owned())?;
    Ok(i64::from(time.hour()) * 60 + i64::from(time.minute()))
}

fn read_hours(form: &Query) -> Result<(Period, SchoolHours), String> {
    let [morning_from, morning_to, afternoon_from, afternoon_to] = HOURS.map(|(name, ..)| minutes(form, name));
    let hours = SchoolHours {
        morning_from: morning_from?,
        morning_to: morning_to?,
        afternoon_from: afternoon_from?,
        afternoon_to: afternoon_to?,
    };
    Ok((days(form)?, hours))
}

pub async fn set_hours(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let form = typed(&body);
    let done = match read_hours(&form) {
        Err(problem) => Err(problem),
        Ok((valid, hours)) => mended(cohort::set_hours(&app.platform, &signed.actor, school, valid, hours).await)?,
    };
    answer(&app, &signed, ("horaires", form), "Les horaires sont enregistrés.", done).await
}

/// Done, or the page again with what is to be mended.
async fn answer(
    app: &App,
    signed: &Signed,
    (of, form): (&'static str, Query),
    told: &str,
    answer: Result<(), String>,
) -> Result<Response, Problem> {
    match answer {
        Ok(()) => Ok(redirect_with(Flash::success(told), PATH)),
        Err(problem) => {
            let sent = Sent { form, of, problem: Some(problem) };
            Ok(to_mend(&draw(app, signed, &sent).await?))
        }
    }
}

fn mended<T>(answer: Result<T, school::Error>) -> Result<Result<(), String>, Problem> {
    match answer {
        Ok(_) => Ok(Ok(())),
        Err(error) => Ok(Err(mendable(error)?)),
    }
}

fn read_trainer(form: &Query) -> Result<(Period, TrainerProfile), String> {
    let modules = form.get("modules").unwrap_or_default().split(',').map(str::trim).filter(|code| !code.is_empty());
    let bits = form.all("libre").filter_map(|bit| bit.parse::<u32>().ok()).filter(|bit| *bit < 10);
    let profile = TrainerProfile {
        name: form.get("nom").unwrap_or_default().to_owned(),
        account: None,
        modules: modules.map(str::to_owned).collect::<Vec<_>>().into(),
        free: bits.fold(0, |free, bit| free | 1 << bit),
    };
    Ok((days(form)?, profile))
}

pub async fn add_trainer(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let form = typed(&body);
    let done = match read_trainer(&form) {
        Err(problem) => Err(problem),
        Ok((valid, profile)) => {
            mended(cohort::add_trainer(&app.platform, &signed.actor, school, valid, profile).await)?
        }
    };
    answer(&app, &signed, ("formateur", form), "La personne est ajoutée.", done).await
}

pub async fn note_absence(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let form = typed(&body);
    let trainer = form.get("qui").and_then(|text| text.parse().ok());
    let done = match (trainer, days(&form)) {
        (None, _) => Err("Choisissez qui est absent.".to_owned()),
        (_, Err(problem)) => Err(problem),
        (Some(trainer), Ok(valid)) => {
            mended(cohort::set_trainer_absence(&app.platform, &signed.actor, trainer, valid, "").await)?
        }
    };
    answer(
        &app,
        &signed,
        ("absence", form),
        "L’absence est notée. L’emploi du temps de chaque promotion dit ce qu’elle touche et propose de replanifier.",
        done,
    )
    .await
}

pub async fn add_room(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let form = typed(&body);
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let site: Option<Id<Structure>> = form.get("site").and_then(|code| names.find(code));
    let read = || -> Result<(Period, RoomProfile), String> {
        let profile = RoomProfile {
            name: form.get("nom").unwrap_or_default().to_owned(),
            site: site.ok_or("Choisissez le site.")?,
            seats: whole(&form, "places", "le nombre de places")?,
        };
        Ok((days(&form)?, profile))
    };
    let done = match read() {
        Err(problem) => Err(problem),
        Ok((valid, profile)) => mended(cohort::add_room(&app.platform, &signed.actor, school, valid, profile).await)?,
    };
    answer(&app, &signed, ("salle", form), "La salle est ajoutée.", done).await
}

pub async fn close_room(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let form = typed(&body);
    let room = form.get("salle").and_then(|text| text.parse().ok());
    let done = match (room, days(&form)) {
        (None, _) => Err("Choisissez la salle.".to_owned()),
        (_, Err(problem)) => Err(problem),
        (Some(room), Ok(valid)) => {
            let label = form.get("raison").unwrap_or_default();
            mended(cohort::close_room(&app.platform, &signed.actor, room, valid, label).await)?
        }
    };
    answer(
        &app,
        &signed,
        ("salle-fermee", form),
        "L’indisponibilité est notée. L’emploi du temps de chaque promotion dit ce qu’elle touche.",
        done,
    )
    .await
}

pub async fn close_school(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let form = typed(&body);
    let done = match days(&form) {
        Err(problem) => Err(problem),
        Ok(valid) if valid.to.is_none() => Err("Choisissez le dernier jour de la fermeture.".to_owned()),
        Ok(valid) => {
            let label = form.get("raison").unwrap_or_default();
            mended(cohort::set_closure(&app.platform, &signed.actor, school, valid, label).await)?
        }
    };
    answer(&app, &signed, ("fermeture", form), "La fermeture est notée.", done).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_days_of_the_week_are_told() {
        assert_eq!(free_halves(0), "jamais");
        assert_eq!(free_halves(1023), "toute la semaine");
        assert_eq!(free_halves(0b101), "lundi matin et mardi matin");
    }

    #[test]
    fn hours_are_read_in_minutes() {
        let read = |query: &str| read_hours(&Query::parse(Some(query)));
        let typed = "matin-de=09:15&matin-a=12:30&apres-midi-de=13:30&apres-midi-a=17:00&du=2026-09-01";
        let (_, hours) = read(typed).unwrap();
        assert_eq!((hours.morning_from, hours.afternoon_to), (555, 1020));
        assert!(read(&typed.replace("09:15", "neuf")).unwrap_err().contains("13:30"));
    }

    #[test]
    fn a_trainer_is_read_from_the_form() {
        let read = |query: &str| read_trainer(&Query::parse(Some(query)));
        let (valid, profile) = read("nom=Samir&modules=M1,+M2,&libre=0&libre=9&libre=12&du=2026-09-01").unwrap();
        assert_eq!(valid.to, None);
        assert_eq!(profile.modules.0, ["M1", "M2"]);
        assert_eq!(profile.free, 0b10_0000_0001);
        assert!(read("nom=Samir&du=2026-09-02&au=2026-09-01").is_err());
    }
}
