//! A waiting line: vehicles in order of arrival, and the area under its length, which by Little's law is the sum of
//! their waits. Every queue of every room is one.

/// Vehicles that wait, in order of arrival.
#[derive(Debug, Clone)]
pub(crate) struct WaitingLine<T> {
    waiting: Vec<T>,
    /// Exits minus entries, in seconds from the start.
    area_s: i64,
}

impl<T> Default for WaitingLine<T> {
    fn default() -> Self {
        Self { waiting: Vec::new(), area_s: 0 }
    }
}

impl<T> WaitingLine<T> {
    /// The vehicles that wait.
    pub(crate) fn waiting(&self) -> &[T] {
        &self.waiting
    }

    /// Area under the length of the line until the run ends, vehicle-seconds.
    pub(crate) fn area_until_s(&self, end_s: u32) -> i64 {
        self.area_s + self.waiting.len() as i64 * i64::from(end_s)
    }

    /// A vehicle has come: its wait begins. It is served at once, joins, or goes.
    pub(crate) fn enter(&mut self, at_s: u32) {
        self.area_s -= i64::from(at_s);
    }

    /// A vehicle that has come is served or goes: its wait ends.
    pub(crate) fn exit(&mut self, at_s: u32) {
        self.area_s += i64::from(at_s);
    }

    /// A vehicle comes and waits.
    pub(crate) fn come(&mut self, at_s: u32, vehicle: T) {
        self.enter(at_s);
        self.join(vehicle);
    }

    /// The vehicle at the head of the line is served.
    pub(crate) fn serve_head(&mut self, at_s: u32) -> Option<T> {
        if self.waiting.is_empty() {
            return None;
        }
        self.exit(at_s);
        Some(self.waiting.remove(0))
    }

    /// All vehicles that meet a condition are served elsewhere, or go.
    pub(crate) fn leave(&mut self, at_s: u32, goes: impl Fn(&T) -> bool) {
        for _ in self.take_all(goes) {
            self.exit(at_s);
        }
    }

    /// A vehicle that has come waits.
    pub(crate) fn join(&mut self, vehicle: T) {
        self.waiting.push(vehicle);
    }

    /// Takes out the vehicle with the smallest `rank` of those that are `allowed`; of equals the one that came first.
    pub(crate) fn take_first(&mut self, allowed: impl Fn(&T) -> bool, rank: impl Fn(&T) -> f64) -> Option<T> {
        let allowed = self.waiting.iter().enumerate().filter(|(_, vehicle)| allowed(vehicle));
        let first = allowed.min_by(|a, b| rank(a.1).total_cmp(&rank(b.1)));
        first.map(|(at, _)| at).map(|at| self.waiting.remove(at))
    }

    /// Takes out the vehicle at a place of the line, 0 being its head.
    pub(crate) fn take_at(&mut self, place: usize) -> T {
        self.waiting.remove(place)
    }

    /// Takes out all vehicles that meet a condition, in order of arrival.
    pub(crate) fn take_all(&mut self, is_out: impl Fn(&T) -> bool) -> Vec<T> {
        self.waiting.extract_if(.., |vehicle| is_out(vehicle)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two come at 10 and 20; the first leaves at 50, the second is still there at 100: 40 + 80 vehicle-seconds.
    #[test]
    fn the_area_is_the_sum_of_waits() {
        let mut line = WaitingLine::default();
        for at_s in [10, 20] {
            line.enter(at_s);
            line.join(at_s);
        }
        assert_eq!(line.take_first(|_| true, |_| 0.0), Some(10));
        line.exit(50);
        assert_eq!(line.area_until_s(100), 120);
    }

    #[test]
    fn the_smallest_rank_goes_first_and_of_equals_the_first() {
        let mut line = WaitingLine::default();
        for vehicle in [(3, 'a'), (1, 'b'), (1, 'c'), (0, 'd')] {
            line.join(vehicle);
        }
        let allowed = |vehicle: &(u32, char)| vehicle.1 != 'd';
        assert_eq!(line.take_first(allowed, |vehicle| f64::from(vehicle.0)), Some((1, 'b')));
        assert_eq!(line.take_all(|vehicle| vehicle.0 < 3), [(1, 'c'), (0, 'd')]);
        assert_eq!(line.waiting(), [(3, 'a')]);
    }
}
