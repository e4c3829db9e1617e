//! The pages of the territory as a browser gets them: every page answers, forms write and undo, files are
//! previewed before they are applied.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use base::{Email, Id, Period};
use jiff::civil::date;
use jonction_tests::{Scratch, clock};
use platform::account::FirstPassword;
use platform::gate::permit;
use platform::mandate::Mandate;
use platform::{Actor, Keys, Mail, Platform, Purpose, Role};
use tower::ServiceExt;
use web::app::{self, App};
use web::site::Site;

const PASSWORD: &str = "Truite!Verte42";

/// The application over the reference data, and somebody signed in.
struct Browser {
    platform: Platform,
    routes: Router,
    cookie: String,
}

/// What came back.
struct Answer {
    status: StatusCode,
    location: Option<String>,
    /// The cookie that carries a message to the next page.
    message: Option<String>,
    text: String,
}

impl Browser {
    async fn new(scratch: &Scratch, role: Role, purpose: Purpose) -> Self {
        let platform = Platform::start(scratch.db.clone(), clock(), Keys::derive(&[7; 32]), Mail::none());
        let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters())
            .await
            .unwrap()
            .id;
        let program = Actor::program(tenant);
        territory::reference::load(&platform, &program).await.unwrap();
        let accounts = permit(&program).unwrap();
        let email = Email::parse("claude.fictive@exemple.fr").unwrap();
        let first = FirstPassword::Chosen(PASSWORD);
        let (account, _) =
            platform::account::create(&platform, &accounts, email.clone(), "Claude Fictive", first).await.unwrap();
        let mandate = Mandate { organisation: Id::new(1), structure: None, role, purpose };
        platform::mandate::grant(&platform, &accounts, account, mandate, Period::since(date(2026, 1, 1)))
            .await
            .unwrap();
        let token = platform::session::sign_in(&platform, email.as_str(), PASSWORD, "essai").await.unwrap();
        let app =
            App::new(platform.clone(), Arc::new(Site::sample()), tenant, scratch.folder().to_owned(), migrations::ALL);
        Self { platform, routes: app::router(app).unwrap(), cookie: format!("jonction={}", token.as_str()) }
    }

    async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
            .body(body.into())
            .unwrap();
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let mut cookies =
            response.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let message = cookies.rfind(|cookie| cookie.starts_with("jonction-message="));
        let message = message.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, message, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Goes where an answer leads, with its message.
    async fn follow(&self, answer: &Answer) -> Answer {
        let request = Request::get(answer.location.as_deref().unwrap());
        self.send(request.header(header::COOKIE, answer.message.as_deref().unwrap()), Body::empty()).await
    }

    fn next_moment(&self) {
        self.platform.clock.set(self.platform.now().plus(jiff::SignedDuration::from_secs(1)));
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in form {
            let separator = if body.is_empty() { "" } else { "&" };
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            body.push_str(&format!("{separator}{name}={value}"));
        }
        let kind = "application/x-www-form-urlencoded";
        self.send(Request::post(path).header(header::CONTENT_TYPE, kind), body).await
    }

    async fn upload(&self, path: &str, name: &str, text: &str) -> Answer {
        let body = format!(
            "--limite\r\nContent-Disposition: form-data; name=\"fichiers\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--limite--\r\n"
        );
        self.send(Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=limite"), body).await
    }
}

/// The value of the attribute that follows a text.
fn after<'a>(text: &'a str, mark: &str, end: &str) -> &'a str {
    let start = text.find(mark).unwrap_or_else(|| panic!("{mark} is not in the page")) + mark.len();
    &text[start..start + text[start..].find(end).unwrap()]
}

#[tokio::test]
async fn every_page_answers_whoever_is_signed_in() {
    let scratch = Scratch::sqlite().await;
    let reader = Browser::new(&scratch, Role::DepartmentOfficer, Purpose::Accompaniment).await;
    for (path, words) in [
        ("/territoire", "Aubervilliers"),
        ("/territoire?couleur=capacite&tri=-valeur", "places pour"),
        ("/territoire?couleur=vacance", "postes vacants"),
        ("/territoire?couleur=population&au=2024-06-01", "Pierrefitte-sur-Seine"),
        ("/mobilite", "D’où part-on"),
        ("/mobilite?depuis=93066&heure=08:00", "Réseau indicatif"),
        ("/mobilite?depuis=93066&heure=08:00&scenario=lignes-16-17-2027", "Avec la ligne"),
        ("/mobilite?latitude=48,9063&longitude=2,4501", "Au départ de 48,9063"),
        ("/mobilite?depuis=93066&heure=midi", "Donnez une heure"),
        ("/mobilite?depuis=93015", "Aucun arrêt au départ"),
        ("/territoire/communes/93066", "Pierrefitte-sur-Seine"),
        ("/territoire/communes/93059", "Saint-Denis"),
        ("/territoire/communes/93059?au=2020-01-01&connu=2026-01-01", "tel que connu le"),
        ("/territoire/agences?tri=-ouverture", "Objectif Emploi"),
        ("/territoire/structures", "50 sur 150"),
        ("/territoire/structures?type=legacy_municipal_project&etat=closed&q=bobigny", "PIE"),
        ("/territoire/structures/ali-saint-denis", "17\u{a0}novembre 2023"),
        ("/territoire/structures/pie-bobigny", "Remplacée"),
        ("/territoire/organisations?role=consortium", "École CIP"),
        ("/territoire/organisations/ecole-cip", "Vitamine T"),
        ("/territoire/organisations/ares", "ALI de Bobigny"),
        ("/territoire/postes?etat=vacant&tri=financement", "vacant"),
        ("/territoire/postes/ali-stains-cip-01", "Conseil en insertion professionnelle"),
    ] {
        let answer = reader.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}\n{}", answer.text);
        assert!(answer.text.contains(words), "{path}: {words} is missing\n{}", answer.text);
        assert!(!answer.text.contains("/territoire/faits/"), "{path}: whoever may only read sees no way to edit");
    }
    for path in ["/territoire/communes/75056", "/territoire/structures/nulle-part", "/territoire/structures/999999"] {
        assert_eq!(reader.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/territoire/import", "/territoire/faits/secteur/ajouter"] {
        assert_eq!(reader.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    scratch.remove().await;
}

#[tokio::test]
async fn an_administrator_edits_and_undoes_on_screen() {
    let scratch = Scratch::sqlite().await;
    let admin = Browser::new(&scratch, Role::DepartmentAdmin, Purpose::Administration).await;
    let add = "/territoire/faits/contrat/ajouter";
    let form = admin.get(&format!("{add}?structure=ali-stains")).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text.contains("<option value=\"ali-stains\" selected>"), "{}", form.text);

    let mut contract = vec![
        ("structure", "ali-stains"),
        ("operator", "ares"),
        ("valid_from", "2026-01-01"),
        ("valid_to", "2025-01-01"),
        ("certainty", "confirmed"),
        ("dates_certainty", "confirmed"),
        ("source", "Marché 2025-118"),
        ("note", ""),
    ];
    let refused = admin.post(add, &contract).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.text.contains("#champ-valid_to") && refused.text.contains("Marché 2025-118"), "{}", refused.text);
    // The last day, as people say it.
    contract[3] = ("valid_to", "2028-12-31");
    let added = admin.post(add, &contract).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    assert_eq!(added.location.as_deref(), Some("/territoire/structures/ali-stains"));

    let page = admin.get("/territoire/structures/ali-stains").await;
    assert!(page.text.contains("Marché 2025-118") && page.text.contains("au 31\u{a0}décembre 2028"), "{}", page.text);
    let contracts = page.text.split("/territoire/faits/contrat/").skip(1);
    let numbers = contracts.filter_map(|rest| rest.split('/').next()?.parse::<i64>().ok());
    let correct = format!("/territoire/faits/contrat/{}/corriger", numbers.last().unwrap());
    let form = admin.get(&correct).await;
    assert!(
        form.text.contains("value=\"2026-01-01\"")
            && form.text.contains("value=\"2028-12-31\"")
            && form.text.contains("<option value=\"ares\" selected>"),
        "{}",
        form.text
    );
    contract[6] = ("source", "Marché 2025-119");
    admin.next_moment();
    let corrected = admin.post(&correct, &contract[1..]).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER);
    let page = admin.follow(&corrected).await;
    assert!(page.text.contains("Marché 2025-119"));
    // The first version has been replaced: it can no longer be corrected.
    let late = admin.post(&correct, &contract[1..]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);

    // The message offers to undo: the first version stands again.
    admin.next_moment();
    let undo = format!("/territoire/faits/contrat/{}", after(&page.text, "action=\"/territoire/faits/contrat/", "\""));
    let undone = admin.post(&undo, &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{undo}: {}", undone.text);
    let page = admin.follow(&undone).await;
    assert!(page.text.contains("Marché 2025-118") && !page.text.contains("Marché 2025-119"));
    scratch.remove().await;
}

#[tokio::test]
async fn a_file_is_previewed_then_applied() {
    let scratch = Scratch::sqlite().await;
    let admin = Browser::new(&scratch, Role::DepartmentAdmin, Purpose::Administration).await;
    assert!(admin.get("/territoire/import").await.text.contains("multiple"));
    let wrong = admin
        .upload(
            "/territoire/import",
            "secteurs.csv",
            "structure,commune,valid_from,source\nali-stains,93999,2026-01-01,x\n",
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    assert!(wrong.text.contains("93999"), "{}", wrong.text);
    let right = "code,name,siret,source\nares,Ares (association),,Statuts 2026\n";
    let preview = admin.upload("/territoire/import", "organisations.csv", right).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    assert!(preview.text.contains("Ares → Ares (association)"), "{}", preview.text);
    assert!(!admin.get("/territoire/organisations/ares").await.text.contains("(association)"));
    let content = after(&preview.text, "name=\"contenu\" value=\"", "\"").to_owned();
    let content = content.replace("&#43;", "+").replace("&#61;", "=");
    let applied =
        admin.post("/territoire/import/appliquer", &[("nom", "organisations.csv"), ("contenu", &content)]).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.text);
    assert!(admin.get("/territoire/organisations/ares").await.text.contains("Ares (association)"));
    assert!(admin.get("/territoire/import").await.text.contains("organisations.csv"));
    scratch.remove().await;
}
