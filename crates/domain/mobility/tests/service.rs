//! The indicative network, the announced lines, and a feed that takes their place or does not.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use mobility::network::{Error, stage};
use mobility::{Asked, Networks, Origin, Point, Reach, Seconds, Source};
use transit::gtfs::{Limits, Refusal};

const TIMES: &str = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n\
    t,08:00:00,08:00:00,A,1\nt,08:12:00,08:12:00,B,2\n";

/// A feed of one trip from Bobigny to Saint-Denis.
fn feed(folder: &Path, times: &str) -> PathBuf {
    let path = folder.join("flux.zip");
    let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, text) in [
        ("agency.txt", "agency_name\nTransports fictifs\n"),
        ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nA,Bobigny,48.9063,2.4501\nB,Saint-Denis,48.9353,2.3479\n"),
        ("routes.txt", "route_id,route_short_name,route_type\nR,1,3\n"),
        ("trips.txt", "route_id,service_id,trip_id\nR,s,t\n"),
        ("calendar_dates.txt", "service_id,date,exception_type\ns,20261124,1\n"),
        ("stop_times.txt", times),
    ] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    path
}

fn asked(from: &str, scenario: Option<&str>) -> Asked {
    Asked {
        from: Origin::Commune(from.to_owned()),
        day: date(2026, 11, 24),
        leave: 8 * 3600,
        scenario: scenario.map(str::to_owned),
        communes: ["93008", "93014", "93066", "93015"].map(str::to_owned).to_vec(),
    }
}

fn minutes(reach: &Reach, commune: &str) -> (Option<Seconds>, Option<Seconds>) {
    let reached = reach.communes.iter().find(|reached| reached.commune == commune).unwrap();
    let minutes = |time: Option<Seconds>| time.map(|time| time / 60);
    (minutes(reached.today), minutes(reached.announced))
}

#[tokio::test]
async fn out_of_the_box_the_network_is_indicative_and_an_announced_line_only_helps() {
    let networks = Networks::default();
    let reach = networks.reach(asked("93014", Some("lignes-16-17-2027"))).await.unwrap();
    assert_eq!(reach.source, Source::Indicative);
    assert!(reach.starts && !reach.idle);
    for reached in &reach.communes {
        if let (Some(today), Some(later)) = (reached.today, reached.announced) {
            assert!(later <= today, "{reached:?}");
        }
    }
    // From Clichy-sous-Bois to the first stop of Saint-Denis: a tram and trains today; about twenty minutes by line 16.
    let (today, later) = minutes(&reach, "93066");
    assert!(today.is_some_and(|today| today > 40), "{today:?}");
    assert!(later.is_some_and(|later| (15..=35).contains(&later)), "{later:?}");
    assert_eq!(minutes(&reach, "93014"), (Some(0), Some(0)));
    // Coubron has neither rail nor tram.
    let coubron = reach.communes.iter().find(|reached| reached.commune == "93015").unwrap();
    assert_eq!((coubron.stops, coubron.today), (0, None));
    assert!(!networks.reach(asked("93015", None)).await.unwrap().starts);
    let from = Origin::Point(Point::new(48.9063, 2.4501).unwrap());
    let reach = networks.reach(Asked { from, ..asked("", None) }).await.unwrap();
    assert_eq!(minutes(&reach, "93008"), (Some(0), None), "the commune of the point");
    assert!(minutes(&reach, "93066").0.is_some());
}

#[tokio::test]
async fn a_feed_takes_the_place_of_the_network_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let networks = Networks::of(folder.path().to_owned());
    assert_eq!(networks.reach(asked("93008", None)).await.unwrap().source, Source::Indicative);
    let staged = stage(folder.path(), &feed(folder.path(), TIMES), &Limits::default()).unwrap();
    assert_eq!(networks.reach(asked("93008", None)).await.unwrap().source, Source::Indicative, "not yet");
    staged.put_in_service().unwrap();
    let reach = networks.reach(asked("93008", None)).await.unwrap();
    let day = date(2026, 11, 24);
    assert_eq!(
        reach.source,
        Source::Published { publisher: Some("Transports fictifs".to_owned()), days: Some((day, day)) }
    );
    assert_eq!(minutes(&reach, "93066"), (Some(12), None));
    let sunday = Asked { day: date(2026, 11, 22), ..asked("93008", None) };
    assert!(networks.reach(sunday).await.unwrap().idle);
    let with = networks.reach(asked("93008", Some("ligne-15-est"))).await.unwrap();
    assert!(minutes(&with, "93066").1 <= Some(12), "an announced line over a published feed");
}

#[tokio::test]
async fn a_bad_feed_leaves_the_network_in_service_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    stage(folder.path(), &feed(folder.path(), TIMES), &Limits::default()).unwrap().put_in_service().unwrap();
    let service = folder.path().join("mobilite");
    let before = fs::read(service.join("reseau.zip")).unwrap();
    let bad = folder.path().join("mauvais.zip");
    fs::write(&bad, "rien").unwrap();
    assert!(matches!(stage(folder.path(), &bad, &Limits::default()), Err(Error::Feed(Refusal::NotZip { .. }))));
    assert!(matches!(stage(folder.path(), folder.path(), &Limits::default()), Err(Error::NotAnArchive)));
    let backwards = feed(folder.path(), &TIMES.replace("08:12:00,08:12:00", "07:12:00,07:12:00"));
    assert!(matches!(stage(folder.path(), &backwards, &Limits::default()), Err(Error::Feed(Refusal::Empty(_)))));
    // Read, with a faulty line, and not put in service.
    let faulty = feed(folder.path(), &format!("{TIMES}x,08:00:00,08:00:00,A,1\n"));
    let staged = stage(folder.path(), &faulty, &Limits::default()).unwrap();
    assert!(!staged.reading().report.is_sound());
    drop(staged);
    assert_eq!(fs::read(service.join("reseau.zip")).unwrap(), before);
    assert_eq!(fs::read_dir(&service).unwrap().count(), 1, "nothing is left beside");
}
