//! The web application from outside: who gets which page, sessions, sign-in, messages, what is written down.

use std::fmt::Write as _;
use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base::{Clock, Email, Id, Period};
use db::{Ask, sql};
use demo::synth::{Place, Request as Month, synthesize};
use exchange::caf::{Import, import};
use facts::journal::{self, Chain};
use jiff::SignedDuration;
use jiff::civil::date;
use jonction_tests::{Scratch, clock};
use platform::account::{self, FirstPassword};
use platform::gate::{self, ActionKind, ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::session;
use platform::{Account, Actor, Keys, Mail, Organisation, Permit, Platform, Role, Structure, Tenant};
use tower::ServiceExt;
use web::routes::{self, Policy};
use web::{App, Site};

const PASSWORD: &str = "Truite!Verte42";

sql! {
    SOMEBODY = "SELECT person FROM person_card ORDER BY person LIMIT 1";
}

/// The application over a fresh database with the territory of reference, on a clock that the test moves.
pub(crate) struct House {
    pub(crate) scratch: Scratch,
    pub(crate) platform: Platform,
    pub(crate) clock: Clock,
    pub(crate) tenant: Id<Tenant>,
    admin: Permit<ManageAccounts>,
    pub(crate) organisation: Id<Organisation>,
    pub(crate) structure: Id<Structure>,
}

impl House {
    pub(crate) async fn new() -> Self {
        let scratch = Scratch::sqlite().await;
        let clock = clock();
        let platform = Platform::start(scratch.db.clone(), clock.clone(), Keys::derive(&[7; 32]), Mail::none());
        let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters())
            .await
            .unwrap()
            .id;
        let program = Actor::program(tenant);
        territory::reference::load(&platform, &program).await.unwrap();
        let as_of = territory::AsOf::now(&clock);
        let names = territory::picture(&platform, &program, as_of).await.unwrap().names;
        let (structure, _) = names.offered(territory::SubjectKind::Structure)[0];
        let (organisation, _) = names.offered(territory::SubjectKind::Organisation)[0];
        Self {
            structure: names.find(structure).unwrap(),
            organisation: names.find(organisation).unwrap(),
            admin: permit(&program).unwrap(),
            scratch,
            platform,
            clock,
            tenant,
        }
    }

    pub(crate) fn app(&self) -> App {
        let spool = self.scratch.folder().join("spool");
        App::new(self.platform.clone(), Site::sample().shared(), self.tenant, spool, migrations::ALL)
    }

    pub(crate) fn router(&self) -> Router {
        web::router(self.app()).unwrap()
    }

    async fn account(&self, email: &str) -> Id<Account> {
        let email = Email::parse(email).unwrap();
        account::create(&self.platform, &self.admin, email, "Anne Fictive", FirstPassword::Chosen(PASSWORD))
            .await
            .unwrap()
            .0
    }

    async fn grant(&self, account: Id<Account>, role: Role) -> Id<Mandate> {
        let mandate = Mandate {
            organisation: self.organisation,
            structure: Some(self.structure),
            role,
            purpose: role.purposes()[0],
        };
        mandate::grant(&self.platform, &self.admin, account, mandate, Period::since(date(2024, 1, 1))).await.unwrap()
    }

    /// Somebody who acts through the services, without a browser.
    pub(crate) async fn actor(&self, role: Role) -> (Id<Account>, Actor) {
        let account = self.account(&format!("acteur-{}@exemple.fr", role.as_code())).await;
        let mandate = self.grant(account, role).await;
        (account, mandate::actor(&self.platform, account, mandate).await.unwrap())
    }

    /// Somebody signed in under one mandate in this role.
    pub(crate) async fn signed_in(&self, role: Role) -> Browser {
        self.signed_in_as(role, &format!("{}@exemple.fr", role.as_code())).await
    }

    /// The same under an address of one's choice: a colleague in the same role.
    pub(crate) async fn signed_in_as(&self, role: Role, email: &str) -> Browser {
        let account = self.account(email).await;
        self.grant(account, role).await;
        let mut browser = Browser::new(self.router());
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER, "{role:?}");
        browser
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// What came, for what is no text.
    pub(crate) bytes: Bytes,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

/// Keeps cookies, follows nothing by itself.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) router: Router,
    pub(crate) cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: Vec::new() }
    }

    async fn send(&mut self, method: Method, path: &str, site: &str, body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookies.join("; "))
            .body(Body::from(body.to_owned()))
            .unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Answer { status: parts.status, headers: parts.headers, bytes, body };
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(own, _)| own != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "same-origin", "").await
    }

    pub(crate) async fn post(&mut self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, "same-origin", body).await
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/connexion", &format!("adresse={email}&mot-de-passe={password}")).await
    }
}

/// The address of a route with something plausible in place of its parameters.
fn address(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{chaine}" => "ecritures",
        "{nom}" => "session.idle_minutes",
        part if part.starts_with('{') => "1",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn roles() -> impl Iterator<Item = Role> {
    Role::ALL.iter().copied().filter(|role| *role != Role::Program)
}

#[tokio::test]
async fn every_route_lets_in_whom_its_policy_says() {
    let house = House::new().await;
    let mut table = String::new();
    let mut browsers = Vec::new();
    for role in roles() {
        browsers.push((role, house.signed_in(role).await));
    }
    for route in routes::all() {
        let path = address(route.path);
        // A method that no route answers: the guard speaks, the handler does not.
        let visitor = Browser::new(house.router()).send(Method::OPTIONS, &path, "same-origin", "").await;
        let lets_visitors_in = visitor.status == StatusCode::METHOD_NOT_ALLOWED;
        let expected = matches!(route.policy, Policy::Public | Policy::Machine);
        assert_eq!(lets_visitors_in, expected, "{path} to a visitor: {}", visitor.status);
        if !expected {
            assert!(visitor.location().starts_with("/connexion"), "{path}: {visitor:?}");
        }
        let mut allowed = Vec::new();
        for (role, browser) in &mut browsers {
            let answer = browser.send(Method::OPTIONS, &path, "same-origin", "").await;
            match answer.status {
                StatusCode::METHOD_NOT_ALLOWED => allowed.push(role.as_code()),
                StatusCode::FORBIDDEN => {
                    assert!(answer.body.contains("Votre mandat ne permet pas cette page"), "{}", answer.body)
                }
                other => panic!("{path} to {role:?}: {other}"),
            }
        }
        let policy = match route.policy {
            Policy::May(action) => action.as_code().to_owned(),
            other => format!("{other:?}"),
        };
        let who = if allowed.len() == roles().count() { "all roles".to_owned() } else { allowed.join(", ") };
        let visitor = if expected { "visitors, " } else { "" };
        writeln!(table, "{:<56} {policy:<20} {visitor}{who}", route.path).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn the_guard_says_what_the_gate_says() {
    let house = House::new().await;
    for role in roles() {
        let browser = house.signed_in(role).await;
        let (_, token) = &browser.cookies[0];
        let session::Standing::Acting(actor) =
            session::authenticate(&house.platform, token, "").await.unwrap().unwrap().standing
        else {
            panic!("{role:?} acts under its only mandate")
        };
        for route in routes::all() {
            let Policy::May(action) = route.policy else { continue };
            let answer = browser.clone().send(Method::OPTIONS, &address(route.path), "same-origin", "").await;
            let allowed = answer.status != StatusCode::FORBIDDEN;
            assert_eq!(allowed, gate::check(&actor, action).is_ok(), "{role:?} {}", route.path);
        }
    }
}

#[tokio::test]
async fn every_page_is_drawn_and_guarded() {
    let house = House::new().await;
    let mut browsers = Vec::new();
    for role in roles() {
        browsers.push((role, house.signed_in(role).await));
    }
    for route in routes::all() {
        let path = address(route.path);
        for (role, browser) in &mut browsers {
            let answer = browser.get(&path).await;
            // Nothing collects measures here, and what the address names may not exist.
            assert!(!answer.status.is_server_error(), "{path} for {role:?}: {} {}", answer.status, answer.body);
            assert!(
                answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"),
                "{path}"
            );
            assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
            let page = answer.body.starts_with("<!DOCTYPE html>");
            assert!(!page || answer.body.matches("<h1").count() == 1, "{path}");
            if answer.status == StatusCode::FORBIDDEN {
                assert!(
                    answer.body.contains("Peuvent le faire") || answer.body.contains("ne donne pas accès"),
                    "{path}: {}",
                    answer.body
                );
                assert!(answer.body.contains("Navigation principale"), "the way back stays at hand");
            }
        }
    }
}

#[tokio::test]
async fn a_session_opens_ends_and_comes_back_to_where_one_was() {
    let house = House::new().await;
    let mut browser = Browser::new(house.router());
    let account = house.account("anne@exemple.fr").await;
    house.grant(account, Role::DepartmentOfficer).await;

    let answer = browser.get("/regles?le=2025-01-01").await;
    assert_eq!(answer.location(), "/connexion?vers=%2Fregles%3Fle%3D2025-01-01");
    let answer = browser.get(answer.location()).await;
    assert!(answer.body.contains(r#"name="vers" value="/regles?le=2025-01-01""#), "{}", answer.body);
    let answer = browser
        .post("/connexion", &format!("adresse=anne@exemple.fr&mot-de-passe={PASSWORD}&vers=/regles?le%3D2025-01-01"))
        .await;
    assert_eq!(answer.location(), "/regles?le=2025-01-01");
    let cookie = answer.cookies()[0];
    assert!(
        cookie.starts_with("jonction=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_eq!(browser.get("/regles").await.status, StatusCode::OK);

    // Nobody is led out of the application.
    let answer = browser
        .post("/connexion", &format!("adresse=anne@exemple.fr&mot-de-passe={PASSWORD}&vers=//mechant.example"))
        .await;
    assert_eq!(answer.location(), "/");

    // Idle for too long.
    house.clock.set(house.clock.now().plus(SignedDuration::from_hours(3)));
    let answer = browser.get("/compte").await;
    assert!(answer.location().starts_with("/connexion"), "{answer:?}");
    assert!(browser.get("/connexion").await.body.contains("Votre session a pris fin"));

    browser.sign_in("anne@exemple.fr", PASSWORD).await;
    let before = browser.clone();
    let answer = browser.post("/deconnexion", "").await;
    assert_eq!(answer.location(), "/connexion");
    assert!(browser.get("/connexion").await.body.contains("Votre session est fermée"));
    assert!(!browser.get("/connexion").await.body.contains("Votre session est fermée"), "a message is shown once");
    assert!(before.clone().get("/").await.location().starts_with("/connexion"), "the token is dead, whoever kept it");
}

#[tokio::test]
async fn signing_in_tells_nothing_and_takes_its_time() {
    let house = House::new().await;
    house.account("anne@exemple.fr").await;
    let mut browser = Browser::new(house.router());
    let wrong = browser.sign_in("anne@exemple.fr", "faux").await;
    let unknown = browser.sign_in("paul@exemple.fr", "faux").await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(wrong.body, unknown.body.replace("paul@exemple.fr", "anne@exemple.fr"));
    assert!(wrong.body.contains("Adresse électronique ou mot de passe incorrect."));
    for _ in 0..9 {
        browser.sign_in("anne@exemple.fr", "faux").await;
    }
    let refused = browser.sign_in("anne@exemple.fr", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers.contains_key(header::RETRY_AFTER) && refused.body.contains("Trop d’essais"));
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    let house = House::new().await;
    let mut browser = house.signed_in(Role::DepartmentAdmin).await;
    for path in ["/deconnexion", "/administration/comptes/nouveau", "/connexion"] {
        let answer = browser.send(Method::POST, path, "cross-site", "nom=Intruse&adresse=intruse@exemple.fr").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("vient d’un autre site"));
    }
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "still signed in");
    assert!(!browser.get("/administration/comptes").await.body.contains("intruse"));
}

#[tokio::test]
async fn over_https_cookies_bear_the_name_that_only_this_host_can_set() {
    let house = House::new().await;
    house.account("anne@exemple.fr").await;
    let app =
        App { secure_cookies: true, public_origin: Some("https://insertion.exemple.fr".to_owned()), ..house.app() };
    let mut browser = Browser::new(web::router(app).unwrap());
    let answer = browser.sign_in("anne@exemple.fr", PASSWORD).await;
    assert!(answer.cookies()[0].starts_with("__Host-jonction=") && answer.cookies()[0].contains("Secure"));
    assert!(answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    // Without a mandate there is nothing to do but to ask for one.
    assert_eq!(browser.get("/").await.location(), "/mandat");
    assert!(browser.get("/mandat").await.body.contains("n’a pas de mandat"));
}

#[tokio::test]
async fn an_account_from_its_creation_to_its_first_page() {
    let house = House::new().await;
    let mut admin = house.signed_in(Role::DepartmentAdmin).await;
    let empty = admin.post("/administration/comptes/nouveau", "nom=&adresse=sans-arobase").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let created = admin.post("/administration/comptes/nouveau", "nom=Karim+Fictif&adresse=karim@exemple.fr").await;
    let page = created.location().to_owned();
    let shown = admin.get(&page).await.body;
    let password = shown.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).unwrap().to_owned();
    assert!(!admin.get(&page).await.body.contains(&password), "shown once");

    let mut karim = Browser::new(house.router());
    karim.sign_in("karim@exemple.fr", &password).await;
    assert_eq!(karim.get("/").await.location(), "/compte/mot-de-passe");
    let weak = karim.post("/compte/mot-de-passe", &format!("ancien={password}&nouveau=court&encore=court")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.body.contains("Il compte 5 caractères"), "{}", weak.body);
    let former = karim.clone();
    let changed =
        karim.post("/compte/mot-de-passe", &format!("ancien={password}&nouveau={PASSWORD}&encore={PASSWORD}")).await;
    assert_eq!(changed.location(), "/compte");
    assert!(karim.get("/compte").await.body.contains("Votre mot de passe est changé"));
    assert!(former.clone().get("/compte").await.location().starts_with("/connexion"), "the token has changed");

    // Two mandates: one chooses, and the token changes again.
    let names = territory::picture(&house.platform, &Actor::program(house.tenant), territory::AsOf::now(&house.clock))
        .await
        .unwrap()
        .names;
    let (organisation, structure) = (names.code(house.organisation), names.code(house.structure));
    for role in ["employment_counsellor", "auditor"] {
        let form =
            format!("organisation={organisation}&structure={structure}&role={role}&debut=2026-11-01&fin=2026-12-31");
        let granted = admin.post(&format!("{page}/mandats"), &form).await;
        assert_eq!(granted.status, StatusCode::SEE_OTHER, "{}", granted.body);
    }
    let twice = admin
        .post(
            &format!("{page}/mandats"),
            &format!("organisation={organisation}&role=auditor&structure={structure}&debut=2026-11-22"),
        )
        .await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "already given");
    assert_eq!(karim.get("/personnes").await.location(), "/mandat?vers=%2Fpersonnes");
    let choice = karim.get("/mandat?vers=%2Fpersonnes").await.body;
    let mandate = choice.split(r#"name="mandat" value=""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let former = karim.clone();
    assert_eq!(karim.post("/mandat", &format!("mandat={mandate}&vers=/personnes")).await.location(), "/personnes");
    assert!(former.clone().get("/").await.location().starts_with("/connexion"));
    assert_eq!(karim.get("/").await.status, StatusCode::OK);
    assert_eq!(karim.post("/mandat", "mandat=1").await.status, StatusCode::NOT_FOUND, "somebody else's");

    // Closed: at once.
    admin.post(&format!("{page}/desactiver"), "").await;
    assert!(karim.get("/").await.location().starts_with("/connexion"));
    let on_that_day = admin.get("/administration/mandats?le=2026-12-01&action=journal.read").await.body;
    assert!(on_that_day.contains("Karim Fictif") && !on_that_day.contains("Conseiller·ère"), "{on_that_day}");
}

#[tokio::test]
async fn a_parameter_changes_from_a_date_on() {
    let house = House::new().await;
    let mut admin = house.signed_in(Role::DepartmentAdmin).await;
    let page = "/administration/parametres/session.idle_minutes";
    assert!(admin.get("/administration/parametres").await.body.contains("120\u{a0}minutes"));
    let refused = admin.post(page, "valeur=&debut=&texte=&certitude=confirmed").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let other_kind = admin.post(page, "valeur=longtemps&debut=2027-01-01&texte=D&certitude=confirmed").await;
    assert_eq!(other_kind.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = admin.post(page, "valeur=60&debut=2027-01-01&texte=D%C3%A9cision+locale&certitude=uncertain").await;
    assert_eq!(set.location(), page, "{}", set.body);
    let list = admin.get("/administration/parametres").await.body;
    assert!(
        list.contains("120\u{a0}minutes") && list.contains("puis 60\u{a0}minutes à partir du 1er\u{a0}janvier 2027"),
        "{list}"
    );
    let history = admin.get(page).await.body;
    assert!(history.contains("à confirmer") && history.contains("Décision locale"));
}

#[tokio::test]
async fn reading_a_file_is_written_down_and_overseen() {
    let house = House::new().await;
    let file = a_month(house.scratch.folder().join("caf.xml"));
    let program = Actor::program(house.tenant);
    let request = Import { path: file, file_name: "caf.xml".to_owned(), dry_run: false, accept_count_mismatch: false };
    import(&house.platform, &program, &request, |_| {}).await.unwrap();
    let person: i64 = house.scratch.db.one(&SOMEBODY, &[]).await.unwrap();

    let mut reader = house.signed_in(Role::DepartmentOfficer).await;
    let page = reader.get(&format!("/personnes/{person}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let read = journal::about(&house.scratch.db, Chain::Reads, house.tenant, "person", person, 10).await.unwrap();
    assert!(
        read.iter().any(|entry| entry.action == ActionKind::ReadPerson.as_code() && entry.author.is_some()),
        "{read:?}"
    );

    let mut auditor = house.signed_in(Role::Auditor).await;
    let list = auditor.get(&format!("/journal?registre=consultations&personne={person}")).await.body;
    assert!(
        list.contains("Consulter le dossier d’une personne") && list.contains(&format!("/personnes/{person}")),
        "{list}"
    );
    let line = format!("/journal/consultations/{}", read[0].id);
    assert!(auditor.get(&line).await.body.contains("Effacer le contenu"));
    assert_eq!(auditor.post(&format!("{line}/effacer"), "motif=").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(auditor.post(&format!("{line}/effacer"), "motif=Demande+accord%C3%A9e").await.location(), line);
    assert!(auditor.get(&line).await.body.contains("Contenu effacé"));
    let found = journal::verify(&house.scratch.db, Chain::Reads, house.tenant, &[], house.clock.now()).await.unwrap();
    assert_eq!((found.breaches, found.erased_payloads), (Vec::new(), 1));
    let other_day = auditor.get("/journal?jour=2026-11-20").await.body;
    assert!(other_day.contains("Aucune ligne"));
}

/// A small month of the beneficiary feed.
fn a_month(path: PathBuf) -> PathBuf {
    let places = [Place {
        commune_code: "93066".to_owned(),
        name: "Saint-Denis".to_owned(),
        postcodes: vec!["93200".to_owned()],
        weight: 1.0,
    }];
    let request = Month { households: 12, seed: 5, date: date(2026, 10, 31), previous: None, places: &places };
    synthesize(&request, std::fs::File::create(&path).unwrap(), |_, _| {}).unwrap();
    path
}

#[tokio::test]
async fn what_is_asked_for_is_done_behind_and_shown() {
    let house = House::new().await;
    let mut operator = house.signed_in(Role::Operator).await;
    let asked = operator.post("/exploitation/verification-journal", "").await;
    let page = asked.location().to_owned();
    assert!(page.starts_with("/travaux/"));
    let waiting = operator.get(&format!("/fragments{page}")).await.body;
    assert!(waiting.contains("data-poll") && waiting.contains("En attente de son tour"), "{waiting}");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let handlers = support::jobs::register(platform::jobs::Handlers::of_the_house(None));
    let worker = tokio::spawn(platform::jobs::run(house.platform.clone(), handlers, async { drop(stopped.await) }));
    let mut told = waiting;
    for _ in 0..200 {
        told = operator.get(&format!("/fragments{page}")).await.body;
        if !told.contains("data-poll") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(told.contains("Aucune altération") && told.contains("terminé"), "{told}");
    drop(stop);
    worker.await.unwrap();

    // Somebody else's job is not there.
    let mut trainer = house.signed_in(Role::Trainer).await;
    assert_eq!(trainer.get(&page).await.status, StatusCode::NOT_FOUND);
    assert!(operator.get("/exploitation").await.body.contains("Vérification du journal"));
}

#[tokio::test]
async fn machines_are_told_whether_all_is_well() {
    let house = House::new().await;
    let mut machine = Browser::new(house.router());
    assert_eq!(machine.get("/sante/vivant").await.status, StatusCode::OK);
    let ready = machine.get("/sante/pret").await;
    assert_eq!((ready.status, ready.body.contains("\"pret\":true")), (StatusCode::OK, true), "{}", ready.body);

    const OTHER: platform::health::Schema = &[db::Migration { name: "9999_later", text: "" }];
    let app = App { schema: OTHER, ..house.app() };
    let behind = Browser::new(web::router(app).unwrap()).get("/sante/pret").await;
    assert_eq!(behind.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(behind.body.contains("\"schéma de la base\":false"), "{}", behind.body);
}

#[test]
fn no_address_is_given_twice() {
    let mut paths: Vec<&str> = routes::all().iter().map(|route| route.path).collect();
    let all = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), all);
}
