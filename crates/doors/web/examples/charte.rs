//! A designer's preview: `cargo run -p web --example charte`, then http://127.0.0.1:8090/charte.

use std::error::Error;

use axum::Router;
use base::{Clock, Instant};
use web::middleware::{Protection, surround};
use web::site::Site;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let site = Site::sample().shared();
    let clock = Clock::starting_at(Instant::start_of(jiff::civil::date(2026, 11, 22)));
    let routes: Router =
        web::assets::router(site.clone()).merge(web::pages::charte::router(site.clone(), clock.clone()));
    let app = surround(routes, site, clock, &Protection::default())?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8090").await?;
    println!("http://{}/charte", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
