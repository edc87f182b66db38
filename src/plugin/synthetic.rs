//! Synthetic views, on which a plugin is tried: what each kind shows is in its own file.

/// A synthetic view: its name, how many vehicles it has, and whether its numbers are odd (NaN, infinite, negative).
#[derive(Debug, Clone, Copy)]
pub struct SyntheticView {
    /// What it is called.
    pub name: &'static str,
    /// Trucks or sessions.
    pub vehicles: u32,
    /// Are its quantities impossible?
    pub is_odd: bool,
}

/// From nothing to more than any scenario has.
pub(super) const VIEWS: [SyntheticView; 6] = [
    SyntheticView { name: "empty", vehicles: 0, is_odd: false },
    SyntheticView { name: "one", vehicles: 1, is_odd: false },
    SyntheticView { name: "small", vehicles: 100, is_odd: false },
    SyntheticView { name: "middle", vehicles: 1_000, is_odd: false },
    SyntheticView { name: "huge", vehicles: 10_000, is_odd: false },
    SyntheticView { name: "odd numbers", vehicles: 100, is_odd: true },
];

/// Even numbers between 0 and 1 that look like chance: the golden ratio's multiples.
pub(super) fn spread(at: u32, salt: f64) -> f64 {
    (f64::from(at) * 0.618_033_988_749_895 + salt).fract()
}

/// Impossible quantities, in turn.
pub(super) fn odd(at: u32) -> f64 {
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, f64::MAX][at as usize % 6]
}
