//! Sums of structs, field by field: a new field is part of the sum without another edit.

/// An amount, or a struct of amounts, that adds up; also in parts, as sampled weeks stand for a year.
pub trait Accumulate {
    /// Adds another, `weight` times. Counts are rounded to whole ones.
    fn accumulate(&mut self, other: &Self, weight: f64);
}

impl Accumulate for f64 {
    fn accumulate(&mut self, other: &Self, weight: f64) {
        *self += other * weight;
    }
}

impl Accumulate for u64 {
    fn accumulate(&mut self, other: &Self, weight: f64) {
        *self += (*other as f64 * weight).round() as Self;
    }
}

impl Accumulate for u32 {
    fn accumulate(&mut self, other: &Self, weight: f64) {
        *self += (f64::from(*other) * weight).round() as Self;
    }
}

impl<T: Accumulate, const N: usize> Accumulate for [T; N] {
    fn accumulate(&mut self, other: &Self, weight: f64) {
        self.iter_mut().zip(other).for_each(|(sum, part)| sum.accumulate(part, weight));
    }
}

/// Declares a struct whose sum takes in every field.
macro_rules! sums {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $( $(#[$field_meta])* $field_vis $field: $type, )*
        }

        impl $crate::kernel::sums::Accumulate for $name {
            fn accumulate(&mut self, other: &Self, weight: f64) {
                $( $crate::kernel::sums::Accumulate::accumulate(&mut self.$field, &other.$field, weight); )*
            }
        }
    };
}
pub(crate) use sums;

#[cfg(test)]
mod tests {
    use super::Accumulate;

    sums! {
        /// Three kinds of fields.
        #[derive(Debug, Default, PartialEq)]
        struct Part {
            kwh: f64,
            count: u64,
            by_hour: [f64; 2],
        }
    }

    #[test]
    fn every_field_is_in_the_sum() {
        let part = Part { kwh: 2.0, count: 3, by_hour: [1.0, 4.0] };
        let mut sum = Part::default();
        sum.accumulate(&part, 1.0);
        sum.accumulate(&part, 2.5);
        assert_eq!(sum, Part { kwh: 7.0, count: 11, by_hour: [3.5, 14.0] });
    }
}
