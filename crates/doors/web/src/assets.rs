//! Style sheet, scripts and images, inside the binary. Their addresses hold a digest of them all
//! (`/static/<digest>/jonction.css`): browsers keep them for ever, and a new version has new addresses.

mod theme;

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ring::digest;
use rust_embed::Embed;

pub use theme::{Accent, AccentError};

use crate::site::Site;

#[derive(Embed)]
#[folder = "assets/"]
struct Files;

const FOREVER: &str = "public, max-age=31536000, immutable";

/// Digest of all files and of what the settings add to them, short enough for an address.
pub(crate) fn digest_with(settings: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for name in Files::iter() {
        context.update(name.as_bytes());
        if let Some(file) = Files::get(&name) {
            context.update(&file.metadata.sha256_hash());
        }
    }
    for part in settings {
        context.update(part);
    }
    context.finish().as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// `GET /static/{digest}/{name}`.
pub fn router<S: Clone + Send + Sync + 'static>(site: Arc<Site>) -> Router<S> {
    Router::new().route(
        "/static/{digest}/{*name}",
        get(move |Path((digest, name)): Path<(String, String)>| {
            let site = Arc::clone(&site);
            async move { serve(&site, &digest, &name) }
        }),
    )
}

fn serve(site: &Site, digest: &str, name: &str) -> Response {
    // A page of the version before may ask for its own digest: it gets today's file, kept by nobody.
    let caching = if digest == site.digest() { FOREVER } else { "no-cache" };
    let answer = |content_type: &str, body: Vec<u8>| {
        let headers = [(header::CONTENT_TYPE, content_type.to_owned()), (header::CACHE_CONTROL, caching.to_owned())];
        (headers, body).into_response()
    };
    match name {
        "theme.css" => answer("text/css; charset=utf-8", site.theme_css().into()),
        "logo" => match site.logo() {
            Some(logo) => answer(&logo.content_type, logo.bytes.clone()),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => match Files::get(name) {
            Some(file) => answer(content_type(name), file.data.into_owned()),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn fetch(path: &str) -> (StatusCode, String, String) {
        let response = router::<()>(Arc::new(Site::sample()))
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let header = |name| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, caching) = (response.status(), header(header::CACHE_CONTROL));
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, caching, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn files_are_kept_for_ever_under_their_digest_only() {
        let site = Site::sample();
        let (status, caching, body) = fetch(&site.asset("jonction.css")).await;
        assert_eq!((status, caching.as_str()), (StatusCode::OK, FOREVER));
        assert!(body.contains("@layer"));
        let (status, caching, _) = fetch("/static/000000000000/js/keys.js").await;
        assert_eq!((status, caching.as_str()), (StatusCode::OK, "no-cache"));
        assert_eq!(fetch(&site.asset("../Cargo.toml")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(fetch(&site.asset("logo")).await.0, StatusCode::NOT_FOUND);
        assert!(fetch(&site.asset("theme.css")).await.2.contains("--accent"));
    }

    #[test]
    fn scripts_stay_small() {
        let size: usize =
            Files::iter().filter(|n| n.ends_with(".js")).map(|n| Files::get(&n).unwrap().data.len()).sum();
        assert!(size < 10_000, "{size} bytes of script");
    }
}
