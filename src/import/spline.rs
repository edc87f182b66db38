//! Splines of drawings as straight pieces: non-uniform rational B-splines, by de Boor's recursion.

use geo::{Coord, coord};

/// Pieces of one span at least and at most.
const PIECES: (f64, f64) = (4.0, 500.0);
/// CAD programs draw no higher degree than 11.
const MOST_DEGREE: usize = 11;

/// A spline as it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spline {
    pub(super) degree: usize,
    pub(super) knots: Vec<f64>,
    /// Control points.
    pub(super) points: Vec<Coord>,
    /// Of the control points; none: all alike.
    pub(super) weights: Vec<f64>,
}

impl Spline {
    /// Points on it, those between them not much farther off it than `off`.
    ///
    /// # Errors
    /// What makes it no spline.
    pub(super) fn flattened(&self, off: f64) -> Result<Vec<Coord>, String> {
        let (degree, knots, points) = (self.degree, &self.knots, &self.points);
        if !(1..=MOST_DEGREE).contains(&degree) {
            return Err(format!("has the degree {degree}, not 1 to {MOST_DEGREE}"));
        }
        if points.len() <= degree || knots.len() != points.len() + degree + 1 {
            let (control, knots) = (points.len(), knots.len());
            return Err(format!(
                "has {control} control points and {knots} knots, which do not fit its degree {degree}"
            ));
        }
        if knots.windows(2).any(|pair| pair[1] < pair[0]) {
            return Err("has knots that fall".to_owned());
        }
        let is_weighted = !self.weights.is_empty();
        if is_weighted && (self.weights.len() != points.len() || self.weights.iter().any(|weight| *weight <= 0.0)) {
            return Err("needs a weight above 0 for each control point, or none".to_owned());
        }
        let mut out = vec![self.at(degree, knots[degree])];
        for span in (degree..points.len()).filter(|span| knots[span + 1] > knots[*span]) {
            let legs = points[span - degree..=span].windows(2);
            let length: f64 = legs.map(|leg| apart(leg[1], leg[0])).sum();
            // A chord s of an arc of radius r is off it by s^2 / 8 r; the curve bends no sharper than its own length, nearly.
            let pieces = (length / (8.0 * off.max(f64::MIN_POSITIVE))).sqrt().ceil().clamp(PIECES.0, PIECES.1) as u32;
            let pieces = if degree == 1 { 1 } else { pieces };
            out.extend((1..=pieces).map(|piece| {
                let share = f64::from(piece) / f64::from(pieces);
                self.at(span, knots[span] + (knots[span + 1] - knots[span]) * share)
            }));
        }
        Ok(out)
    }

    /// The point of a parameter within a span (or at its end).
    fn at(&self, span: usize, parameter: f64) -> Coord {
        let (degree, knots) = (self.degree, &self.knots);
        let first = span - degree;
        // In homogeneous coordinates: weighted, with the weight beside.
        let mut left: Vec<(Coord, f64)> = (first..=span)
            .map(|at| {
                let weight = self.weights.get(at).copied().unwrap_or(1.0);
                (self.points[at] * weight, weight)
            })
            .collect();
        for round in 1..=degree {
            for at in (round..=degree).rev() {
                let (from, to) = (knots[first + at], knots[first + at + degree + 1 - round]);
                let share = if to > from { (parameter - from) / (to - from) } else { 0.0 };
                let (before, own) = (left[at - 1], left[at]);
                left[at] = (before.0 * (1.0 - share) + own.0 * share, before.1 * (1.0 - share) + own.1 * share);
            }
        }
        let (point, weight) = left[degree];
        coord! { x: point.x / weight, y: point.y / weight }
    }
}

fn apart(a: Coord, b: Coord) -> f64 {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt()
}

#[cfg(test)]
mod tests {
    //! Contract: splines go where their closed forms say, and what is no spline is told.

    use super::*;

    fn points(list: &[(f64, f64)]) -> Vec<Coord> {
        list.iter().map(|(x, y)| coord! { x: *x, y: *y }).collect()
    }

    /// A quarter of a circle is a rational spline of degree 2 with the weights 1, 1/sqrt 2, 1.
    #[test]
    fn a_quarter_of_a_circle_keeps_its_radius() {
        let spline = Spline {
            degree: 2,
            knots: vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0],
            points: points(&[(100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]),
            weights: vec![1.0, core::f64::consts::FRAC_1_SQRT_2, 1.0],
        };
        let line = spline.flattened(0.1).unwrap();
        assert!(line.iter().all(|at| (apart(*at, Coord::zero()) - 100.0).abs() < 1e-9), "{line:?}");
        let chords = line.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
        assert!(
            chords.map(|at| 100.0 - apart(at, Coord::zero())).all(|off| off < 0.15),
            "within what may be off, nearly"
        );
        assert!((line[0].x - 100.0).abs() < 1e-9 && (line[line.len() - 1].y - 100.0).abs() < 1e-9);
    }

    /// Two spans of degree 3, against the cubic that both are pieces of: with uniform control points the spline is the line.
    #[test]
    fn points_on_a_line_stay_on_it() {
        let spline = Spline {
            degree: 3,
            knots: vec![0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0],
            points: points(&[(0.0, 0.0), (1.0, 2.0), (3.0, 6.0), (5.0, 10.0), (6.0, 12.0)]),
            weights: Vec::new(),
        };
        let line = spline.flattened(0.01).unwrap();
        assert!(line.iter().all(|at| (at.y - 2.0 * at.x).abs() < 1e-9));
        assert!(line.windows(2).all(|pair| pair[1].x > pair[0].x));
        assert!((line[line.len() - 1].x - 6.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_spline_is_told() {
        let right = Spline {
            degree: 1,
            knots: vec![0.0, 0.0, 1.0, 1.0],
            points: points(&[(0.0, 0.0), (9.0, 0.0)]),
            weights: vec![],
        };
        assert_eq!(right.flattened(0.1).unwrap(), right.points);
        let told = |change: fn(&mut Spline)| {
            let mut spline = right.clone();
            change(&mut spline);
            spline.flattened(0.1).unwrap_err()
        };
        assert!(told(|it| it.degree = 0).contains("degree 0"));
        assert!(told(|it| it.knots.truncate(3)).contains("2 control points and 3 knots"));
        assert!(told(|it| it.knots = vec![0.0, 1.0, 0.0, 1.0]).contains("fall"));
        assert!(told(|it| it.weights = vec![1.0]).contains("weight"));
        assert!(told(|it| it.weights = vec![1.0, 0.0]).contains("weight"));
    }
}
