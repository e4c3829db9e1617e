//! The counsellor's list and the agency's list, as the peer of the same work was measured: one counsellor of 100 people,
//! one organisation of 6,000 people and 60 counsellors, fifty lines a page. The département grows around them.

use base::{Date, Id};
use jiff::ToSpan;
use jiff::civil::date;
use platform::{Account, Platform, Structure};
use support::follow_up::{FollowUp, Need, Phase, Stage};
use support::orientation::Path;

use super::pages::{Bare, Watch, compare, router, settled};

#[derive(clap::Args)]
pub struct Arguments {
    /// People accompanied in the whole département.
    #[arg(long, value_delimiter = ',', default_values_t = [6_000, 100_000, 1_000_000])]
    people: Vec<i64>,
    /// Requests of each page.
    #[arg(long, default_value_t = 100)]
    requests: u32,
}

/// People of one counsellor, and of the organisation of the demonstration's accounts.
const OF_COUNSELLOR: i64 = 100;
const OF_ORGANISATION: i64 = 6_000;

/// CPU of the peer for one page, without its database (the platform of integration through work of the State, measured
/// on two cores in the same conditions): one counsellor's list, one organisation's list.
const PEER_MS: (f64, f64) = (150.0, 1_041.0);

const PAGES: &[(&str, &str, &str)] = &[
    ("liste d’une conseillère (100)", "conseillere", "/suivi"),
    ("liste de l’agence (6 000)", "responsable", "/agence/personnes"),
    ("liste de l’agence, sans premier rendez-vous", "responsable", "/agence/personnes?etape=unmet"),
    ("tableau de bord de l’agence", "responsable", "/agence"),
];

pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all("target/bench")?;
    let mut curve: Vec<Vec<f64>> = vec![Vec::new(); PAGES.len()];
    for people in &arguments.people {
        let folder = tempfile::tempdir_in("target/bench")?;
        let url = format!("sqlite:{}", folder.path().join("lists.sqlite").display());
        let (platform, _) = settled(&url).await?;
        people_in(&platform, *people).await?;
        let (router, bare) = (router(&platform).await?, Bare::open(&url).await?);
        println!("\nSQLite, CPU · {people} people accompanied");
        let asked = PAGES.iter().map(|(name, account, address)| (*name, *account, (*address).to_owned()));
        let measured = compare(&router, &platform, &bare, Watch::Processor, asked, arguments.requests).await?;
        for (sizes, page) in curve.iter_mut().zip(measured) {
            sizes.push(page);
        }
        platform.stop().await;
    }
    println!("\nGrowth: CPU ms of the page at {:?} people", arguments.people);
    for ((name, ..), sizes) in PAGES.iter().zip(&curve) {
        let list: Vec<String> = sizes.iter().map(|page| format!("{page:8.2}")).collect();
        println!("{name:<46} {}", list.join(" "));
    }
    for ((name, ..), (sizes, peer)) in PAGES.iter().zip(curve.iter().zip([PEER_MS.0, PEER_MS.1])) {
        if let Some(page) = sizes.first() {
            println!("{name:<46} the peer's {peer:.0} ms are {:.0} times as much", peer / page);
        }
    }
    Ok(())
}

db::sql! {
    AGENCIES = "SELECT s.id FROM structure s WHERE s.kind = 'local_inclusion_agency' ORDER BY s.id";
    OF_ACCOUNT = "SELECT m.structure, m.account FROM mandate m JOIN account a ON a.id = m.account
        WHERE a.email = 'conseillere@demonstration.example' AND m.replaced_at IS NULL AND m.structure IS NOT NULL";
    COUNSELLORS = "SELECT account FROM mandate WHERE structure = $1 AND role = 'employment_counsellor' AND replaced_at IS NULL ORDER BY account";
}

/// Lines of follow-ups, straight into the read model: what is measured is reading it.
async fn people_in(platform: &Platform, people: i64) -> anyhow::Result<()> {
    use db::Ask;
    let tenant = platform::tenant::all(&platform.db).await?[0].id;
    let (own, counsellor): (Id<Structure>, Id<Account>) = platform.db.one(&OF_ACCOUNT, &[]).await?;
    let mut colleagues: Vec<Id<Account>> = platform.db.all(&COUNSELLORS, &[&own]).await?;
    colleagues.retain(|colleague| *colleague != counsellor);
    let others: Vec<Id<Structure>> =
        platform.db.all::<Id<Structure>>(&AGENCIES, &[]).await?.into_iter().filter(|agency| *agency != own).collect();
    let today = platform.today();
    let line = |number: i64| {
        let mine = number < OF_COUNSELLOR;
        let ours = number < OF_ORGANISATION;
        let pick = |count: usize| usize::try_from(number).unwrap_or(0) % count;
        let back = |days: i64| today.saturating_sub((number % days).days());
        let needs = Need::ALL;
        FollowUp {
            person: Id::new(1_000_000_000 + number),
            tenant,
            sort_name: format!("nom {number:07}"),
            usual_name: format!("NOM{number:07}"),
            first_name: "Fictive".to_owned(),
            birth_date: date(1980, 1, 1).saturating_add((number % 9_000).days()),
            commune_code: "93066".to_owned(),
            public_number: format!("{number:07}"),
            publics: number % 64,
            right_status: "2".to_owned(),
            obligations: Some(true),
            informed_on: back(900),
            due_on: today,
            proposed_path: Some(Path::SocioProfessional),
            proposed_kind: None,
            proposed_structure: None,
            proposal_kind: None,
            decided_on: Some(back(800)),
            path: Some(Path::SocioProfessional),
            structure: Some(if ours { own } else { others[pick(others.len())] }),
            with_interview: false,
            started_on: Some(back(700)),
            counsellor: Some(if mine { counsellor } else { colleagues[pick(colleagues.len())] }),
            designated_on: Some(back(600)),
            first_met_on: Some(back(500)),
            last_met_on: Some(back(60)),
            next_meeting_on: None,
            next_meeting_at: None,
            individual_meetings: number % 9,
            stage: if number % 5 == 0 { Stage::Unmet } else { Stage::Accompanied },
            phase: [Phase::New, Phase::Assessment, Phase::Intensive, Phase::Watch][pick(4)],
            need: needs[pick(needs.len())],
            need_on: Date::constant(2026, 11, 1).saturating_add((number % 40).days()),
            changed_on: back(90),
            computed_on: today,
            review_on: None,
        }
    };
    for from in (0..people).step_by(20_000) {
        let lines: Vec<FollowUp> = (from..(from + 20_000).min(people)).map(line).collect();
        let tx = platform.db.begin().await?;
        tx.fill(&lines).await?;
        tx.commit().await?;
    }
    Ok(())
}
