use axum::body::{Body, to_bytes};
use axum::extract::Form;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::routing::{get, post};
use base::Instant;
use tower::ServiceExt;

use super::*;

fn app(origin: Option<&str>) -> Router {
    let routes = Router::new()
        .route("/page", get(|| async { axum::response::Html("<p>bonjour</p>") }))
        .route("/panne", get(broken))
        .route("/lent", get(|| tokio::time::sleep(Duration::from_secs(60))))
        .route("/refus", get(|| async { Problem::forbidden("Cette personne est suivie par une autre structure.") }))
        .route("/ecrire", post(|Form(pairs): Form<Vec<(String, String)>>| async move { pairs.len().to_string() }));
    let protection = Protection {
        public_origin: origin.map(str::to_owned),
        body_limit: 100,
        time_limit: Duration::from_millis(30),
        ..Protection::default()
    };
    let clock = Clock::manual(Instant::start_of(jiff::civil::date(2026, 11, 22)));
    surround(routes, Site::sample().shared(), clock, &protection).unwrap()
}

async fn broken() -> &'static str {
    panic!("secret 1 85 03 93 001 234")
}

async fn ask(
    origin: Option<&str>,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app(origin).oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn read(path: &str) -> (StatusCode, HeaderMap, String) {
    ask(None, Method::GET, path, &[], "").await
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn every_answer_is_guarded_and_kept_nowhere() {
    let (status, headers, _) = read("/page").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'; script-src 'self';")
    );
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers["x-request-id"].len(), 12);
    assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    let (_, headers, _) = ask(Some("https://exemple.fr"), Method::GET, "/page", &[], "").await;
    assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
}

#[tokio::test]
async fn errors_are_pages_in_french() {
    let (status, _, body) = read("/rien").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("Cette page n’existe pas") && body.contains("<html lang=\"fr\">"), "{body}");

    crate::checks::sound_page(&body);

    let (status, headers, body) = read("/panne").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body.contains(headers["x-request-id"].to_str().unwrap()), "the reference is shown: {body}");
    assert!(!body.contains("secret"));

    let (status, headers, body) = read("/lent").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(headers.contains_key(header::RETRY_AFTER) && body.contains("ne répond pas assez vite"));

    let (status, _, body) = read("/refus").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains("suivie par une autre structure") && !body.contains("Référence"));

    let (status, _, body) = read("/ecrire").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(body.contains("ne s’ouvre pas par un lien"));
}

#[tokio::test]
async fn forms_of_other_sites_and_oversized_bodies_are_refused() {
    let own = [FORM, ("sec-fetch-site", "same-origin")];
    assert_eq!(ask(None, Method::POST, "/ecrire", &own, "a=1&b=2").await.2, "2");

    let foreign = [FORM, ("sec-fetch-site", "cross-site"), ("origin", "https://mechant.example")];
    let (status, _, body) = ask(None, Method::POST, "/ecrire", &foreign, "a=1").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains("vient d’un autre site"), "{body}");

    // A proxy that rewrites Host does not shut out the public address.
    let public = [FORM, ("origin", "https://exemple.fr"), ("host", "10.0.0.1")];
    assert_eq!(ask(Some("https://exemple.fr"), Method::POST, "/ecrire", &public, "a=1").await.0, StatusCode::OK);
    assert_eq!(ask(None, Method::POST, "/ecrire", &public, "a=1").await.0, StatusCode::FORBIDDEN);

    let (status, _, body) = ask(None, Method::POST, "/ecrire", &own, &"a".repeat(200)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.contains("trop volumineux"), "{body}");
}

#[test]
fn a_wrong_public_origin_is_refused() {
    let protection = Protection { public_origin: Some("exemple.fr/chemin".to_owned()), ..Protection::default() };
    let clock = Clock::manual(Instant::from_micros(0));
    assert!(surround(Router::<()>::new(), Site::sample().shared(), clock, &protection).is_err());
}

#[tokio::test]
async fn a_null_character_is_refused_wherever_it_comes_from() {
    for path in ["/page?q=dupont%00", "/page?q=%2500%00", "/pa%00ge"] {
        let (status, _, text) = read(path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(text.contains("caractère nul"), "{text}");
    }
    let write = |body: &'static str| async move { ask(None, Method::POST, "/ecrire", &[FORM], body).await };
    assert_eq!(write("nom=A&prenom=B%00").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(write("nom=A\0&prenom=B").await.0, StatusCode::BAD_REQUEST);
    // A percent sign followed by two zeros is a text like another.
    let (status, _, text) = write("nom=%2500&prenom=B").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "2"));
    assert_eq!(read("/page?q=%2500").await.0, StatusCode::OK);
}
