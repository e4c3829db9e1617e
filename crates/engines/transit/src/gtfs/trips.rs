//! `routes.txt` and `trips.txt`.

use super::table::Columns;
use super::{Files, Ranks, Refusal, known, rank};
use crate::feed::{Feed, Route, Trip};

pub(super) fn routes(files: &mut Files, feed: &mut Feed) -> Result<Ranks, Refusal> {
    let mut ranks = Ranks::new();
    let columns = Columns { required: &["route_id", "route_type"], optional: &["route_short_name", "route_long_name"] };
    files.need("routes.txt", &columns, |row, _| {
        let kind = row.number(1, "route_type")?.ok_or("route_type est vide")?;
        rank(&mut ranks, row.bytes(0), "route_id")?;
        let name = [2, 3, 0].into_iter().map(|column| row.text(column)).find(|name| !name.is_empty());
        feed.routes.push(Route { id: row.text(0), name: name.unwrap_or_default(), kind });
        Ok(())
    })?;
    if feed.routes.is_empty() {
        return Err(Refusal::Empty("routes.txt"));
    }
    Ok(ranks)
}

pub(super) fn trips(files: &mut Files, feed: &mut Feed, routes: &Ranks, services: &Ranks) -> Result<Ranks, Refusal> {
    let mut ranks = Ranks::new();
    let columns = Columns { required: &["route_id", "service_id", "trip_id"], optional: &["trip_headsign"] };
    files.need("trips.txt", &columns, |row, _| {
        let route = known(routes, row, 0, "route_id", "routes.txt")?;
        let service = known(services, row, 1, "service_id", "calendar.txt ni calendar_dates.txt")?;
        rank(&mut ranks, row.bytes(2), "trip_id")?;
        let (id, headsign) = (row.text(2), row.text(3));
        feed.trips.push(Trip { id, route, service, headsign, calls: 0..0, frequencies: Vec::new() });
        Ok(())
    })?;
    if feed.trips.is_empty() {
        return Err(Refusal::Empty("trips.txt"));
    }
    Ok(ranks)
}
