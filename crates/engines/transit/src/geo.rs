//! Places, and how long one walks between them where no walking network is known.

use std::collections::HashMap;

use crate::time::Seconds;

/// A place on Earth, in degrees (WGS 84).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Degrees north of the equator, -90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, -180 to 180.
    pub longitude: f64,
}

/// Mean radius of the Earth, in metres.
const EARTH: f64 = 6_371_008.8;

impl Point {
    /// A place, if it is one: both degrees finite and within their bounds.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let sound = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        sound.then_some(Self { latitude, longitude })
    }

    /// Metres as the crow flies (haversine).
    pub fn metres_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let (high, wide) = (to - from, (other.longitude - self.longitude).to_radians());
        let chord = (high / 2.0).sin().powi(2) + from.cos() * to.cos() * (wide / 2.0).sin().powi(2);
        2.0 * EARTH * chord.sqrt().min(1.0).asin()
    }
}

/// Walking where only positions are known: the crow's distance, made longer, at a steady pace, rounded up.
///
/// The defaults were measured on a street network (detour 1.37 in the median over 100 to 1,000 m): count with an
/// error of two minutes a leg in the mean, five for one leg in ten.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Walking {
    /// Length of the way on foot for each metre of the crow's.
    pub detour: f64,
    /// Kilometres an hour.
    pub speed: f64,
    /// The longest leg to or from a stop, in metres as the crow flies.
    pub most_metres: f64,
    /// Legs are rounded up to a multiple of so many seconds.
    pub step: Seconds,
    /// What it takes to get in or out of a station of rail or metro, in seconds.
    pub entrance: Seconds,
}

impl Default for Walking {
    fn default() -> Self {
        Self { detour: 1.35, speed: 4.0, most_metres: 1200.0, step: 60, entrance: 60 }
    }
}

impl Walking {
    /// For a pram, luggage, or somebody who walks with difficulty: 3 km/h.
    pub fn slow() -> Self {
        Self { speed: 3.0, ..Self::default() }
    }

    /// Seconds for so many metres as the crow flies, a multiple of the step.
    #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, far beyond any walk")]
    pub fn seconds(&self, metres: f64) -> Seconds {
        let raw = metres * self.detour / (self.speed / 3.6);
        let step = f64::from(self.step.max(1));
        // A hair above a multiple is that multiple: distances are sums of rounded cosines.
        ((raw / step - 1e-9).ceil().max(0.0) * step) as Seconds
    }

    /// Seconds between two places, or none when they are too far apart to walk.
    pub fn between(&self, one: Point, other: Point) -> Option<Seconds> {
        let metres = one.metres_to(other);
        (metres <= self.most_metres).then(|| self.seconds(metres))
    }
}

/// The numbers of places in an order in which neighbours follow each other, those without a position last: along a
/// curve that visits the four quarters of a square one after the other, and so on within each (Morton, 1966).
pub(crate) fn neighbours_together(places: &[Option<Point>]) -> Vec<u32> {
    let known = || places.iter().flatten();
    let low = |of: fn(&Point) -> f64| known().map(of).fold(f64::INFINITY, f64::min);
    let high = |of: fn(&Point) -> f64| known().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (south, west) = (low(|point| point.latitude), low(|point| point.longitude));
    let side = (high(|point| point.latitude) - south).max(high(|point| point.longitude) - west);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the side, from 0 to 1")]
    let cell = |offset: f64| (offset / side.max(f64::MIN_POSITIVE) * f64::from(u16::MAX)) as u32;
    let along = |point: Point| interleaved(cell(point.latitude - south), cell(point.longitude - west));
    let mut order: Vec<(u64, u32)> = places.iter().map(|place| place.map_or(u64::MAX, along)).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, place)| place).collect()
}

/// The lower sixteen bits of two numbers in turn.
fn interleaved(one: u32, other: u32) -> u64 {
    (0..16)
        .fold(0, |all, bit| all | u64::from(one >> bit & 1) << (2 * bit) | u64::from(other >> bit & 1) << (2 * bit + 1))
}

/// Places by cell of a grid, to find those around a point.
pub(crate) struct Grid {
    /// Degrees of a cell, in latitude and longitude.
    cell: (f64, f64),
    cells: HashMap<(i32, i32), Vec<(u32, Point)>>,
}

/// Metres of a degree of latitude.
const DEGREE: f64 = EARTH * std::f64::consts::PI / 180.0;

impl Grid {
    /// `reach`: metres within which places will be looked for.
    pub fn new(places: impl Iterator<Item = (u32, Point)> + Clone, reach: f64) -> Self {
        let farthest = places.clone().map(|(_, point)| point.latitude.abs()).fold(0.0, f64::max).min(89.0);
        // A little more than the reach, so that the eight cells around hold all that is within it.
        let high = reach.max(1.0) / DEGREE * 1.001;
        let mut grid = Self { cell: (high, high / farthest.to_radians().cos()), cells: HashMap::new() };
        for (number, point) in places {
            grid.cells.entry(grid.cell_of(point)).or_default().push((number, point));
        }
        grid
    }

    #[expect(clippy::cast_possible_truncation, reason = "degrees over a cell of a metre or more: far below 2³¹")]
    fn cell_of(&self, point: Point) -> (i32, i32) {
        ((point.latitude / self.cell.0).floor() as i32, (point.longitude / self.cell.1).floor() as i32)
    }

    /// Every place of the nine cells around, those within reach among them.
    pub fn around(&self, point: Point) -> impl Iterator<Item = (u32, Point)> {
        let (row, column) = self.cell_of(point);
        let cells = (-1..=1).flat_map(move |down| (-1..=1).map(move |across| (row + down, column + across)));
        cells.filter_map(|cell| self.cells.get(&cell)).flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLEYEL: Point = Point { latitude: 48.9177, longitude: 2.3466 };

    #[test]
    fn distances_and_walks() {
        let north = Point { latitude: PLEYEL.latitude + 1.0, ..PLEYEL };
        assert!((PLEYEL.metres_to(north) - DEGREE).abs() < 1.0);
        assert_eq!(PLEYEL.metres_to(PLEYEL), 0.0);
        let walking = Walking::default();
        assert_eq!(walking.seconds(0.0), 0);
        assert_eq!(walking.seconds(100.0), 180, "121.5 s, rounded up to the minute");
        assert_eq!(walking.between(PLEYEL, north), None);
        assert_eq!(Point::new(91.0, 0.0), None);
        assert_eq!(Point::new(f64::NAN, 0.0), None);
    }

    #[test]
    fn neighbours_follow_each_other() {
        let at = |latitude, longitude| Point::new(latitude, longitude);
        let places = [at(48.0, 2.0), None, at(49.0, 3.0), at(48.001, 2.001), at(48.999, 2.999)];
        assert_eq!(neighbours_together(&places), [0, 3, 4, 2, 1]);
        assert_eq!(neighbours_together(&[None, at(48.0, 2.0)]), [1, 0]);
        assert_eq!(neighbours_together(&[]), []);
    }

    #[test]
    fn a_grid_finds_all_that_is_within_reach() {
        let places: Vec<(u32, Point)> = (0..400)
            .map(|number| {
                let (row, column) = (f64::from(number / 20), f64::from(number % 20));
                (number, Point { latitude: 48.9 + row * 0.0021, longitude: 2.3 + column * 0.0033 })
            })
            .collect();
        let grid = Grid::new(places.iter().copied(), 700.0);
        for (_, from) in &places {
            let mut near: Vec<u32> =
                grid.around(*from).filter(|(_, to)| from.metres_to(*to) <= 700.0).map(|(number, _)| number).collect();
            near.sort_unstable();
            let all: Vec<u32> =
                places.iter().filter(|(_, to)| from.metres_to(*to) <= 700.0).map(|(number, _)| *number).collect();
            assert_eq!(near, all);
        }
    }
}
