//! The numbers that publics rest on: who changes one sees lists count people by it.

use std::time::Duration;

use axum::http::StatusCode;
use base::{Date, Instant};
use db::{Ask, sql};
use jiff::civil::date;
use law::publics::Public;
use platform::jobs::{self, Handlers};
use platform::{Actor, Role};

use crate::people_pages::house_with_people;
use crate::web::House;

sql! {
    BIRTH_DATES_OF = "SELECT birth_date FROM person_card WHERE (publics & $1) = $1 ORDER BY birth_date";
    JOBS_LEFT = "SELECT count(*) FROM job WHERE finished_at IS NULL AND kind = $1";
}

/// Birth dates of the people counted as young.
async fn young(house: &House) -> Vec<Date> {
    let bit = i64::from(1_u32 << Public::Young.bit());
    house.platform.db.all(&BIRTH_DATES_OF, &[&bit]).await.unwrap()
}

async fn recompute(house: &House) {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let handlers = support::jobs::register(Handlers::default());
    let worker = tokio::spawn(jobs::run(house.platform.clone(), handlers, async move {
        let _ = stopped.await;
    }));
    let mut left = 1;
    for _ in 0..600 {
        left = house.platform.db.one(&JOBS_LEFT, &[&support::jobs::RECOMPUTE_CARDS]).await.unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(left, 0, "the cards are computed again");
    stop.send(()).unwrap();
    worker.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_threshold_counts_people_anew_from_its_day_on() {
    let house = house_with_people().await;
    let mut admin = house.signed_in(Role::DepartmentAdmin).await;
    let before = young(&house).await;
    let turned_26 = date(2000, 11, 22);
    assert!(!before.is_empty() && before.iter().all(|born| *born > turned_26), "{before:?}");

    let path = "/administration/parametres/publics.young_before";
    let typed = "valeur=30&debut=2026-11-23&fin=&texte=D%C3%A9lib%C3%A9ration&certitude=confirmed";
    assert_eq!(admin.post(path, typed).await.status, StatusCode::SEE_OTHER);
    assert_eq!(young(&house).await, before, "it holds from tomorrow on");
    house.clock.set(Instant::start_of(date(2026, 11, 23)));
    recompute(&house).await;
    let after = young(&house).await;
    assert!(after.len() > before.len(), "people of 26 to 29 are counted too");
    assert!(after.iter().all(|born| *born > date(1996, 11, 23)));
    let program = Actor::program(house.tenant);
    for (name, difference) in support::jobs::check_read_models(&house.platform, &program).await.unwrap() {
        assert!(difference.is_equal(), "{name}: {difference:?}");
    }
}
