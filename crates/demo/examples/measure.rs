use std::time::Instant as T;
use base::{Clock, Instant};
use demo::synth::*;
fn places() -> Vec<Place> { territory::reference::commune_shares().into_iter().map(|c| Place{commune_code:c.code,name:c.name,postcodes:c.postcodes,weight:c.share}).collect() }
#[tokio::main]
async fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let dir = std::path::PathBuf::from(std::env::args().nth(2).unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    let places = places();
    let days = ["2026-06-30","2026-07-31","2026-08-31","2026-09-30","2026-10-31"];
    let mut prev: Option<std::path::PathBuf> = None;
    let mut files = vec![];
    for d in days {
        let p = dir.join(format!("{d}.xml"));
        let t = T::now();
        let s = synthesize(&Request{households:n, seed: 93, date: d.parse().unwrap(), previous: prev.as_deref(), places:&places}, std::fs::File::create(&p).unwrap(), |_,_|{}).unwrap();
        println!("synth {d} {:?} created {} {} bytes", t.elapsed(), s.created_on, std::fs::metadata(&p).unwrap().len());
        files.push(p.clone()); prev = Some(p);
    }
    let clock = Clock::manual(Instant::start_of("2026-11-22".parse().unwrap()));
    let db = db::Db::open(&format!("sqlite:{}", dir.join("x.sqlite").display())).await.unwrap();
    db::migrate(&db, migrations::ALL, &clock).await.unwrap();
    let keys = platform::Keys::derive(&[7;32]);
    let platform = platform::Platform::start(db, clock, keys, platform::Mail::none());
    let dep = platform::tenant::ensure(&platform, "93", "SSD", &[]).await.unwrap();
    let actor = platform::Actor::program(dep.id);
    let t = T::now();
    let r = territory::reference::load(&platform, &actor).await.unwrap();
    println!("reference {:?} problems {}", t.elapsed(), r.problems.len());
    let order: Vec<usize> = std::env::args().nth(3).unwrap().split(',').map(|x| x.parse().unwrap()).collect();
    for i in order {
        let t = T::now();
        let r = exchange::caf::import(&platform, &actor, &exchange::caf::Import{path: files[i].clone(), file_name: days[i].into(), dry_run:false, accept_count_mismatch:false}, |_|{}).await.unwrap();
        println!("import {} {:?} changed {} unchanged {} facts {} late {}", days[i], t.elapsed(), r.report.households_changed, r.report.households_unchanged, r.report.facts_added, r.late);
    }
}
