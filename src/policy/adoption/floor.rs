//! The floor that any policy of purchases must beat.

use super::{AdoptionView, Purchases};
use crate::policy::decide::Decide;
use crate::policy::floor::{Nothing, Random};
use crate::policy::kind::Adoption;
use crate::policy::share_out::share_out;

impl Decide<Adoption> for Nothing {
    /// What is due is then replaced at least cost.
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        Ok(Purchases::none(view))
    }
}

impl Decide<Adoption> for Random {
    /// What is due is shared among the open options by weights that are drawn each year.
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let (mut draws, mut purchases) = (Self::draws(u32::from(view.year)), Purchases::none(view));
        for holding in 0..view.holdings() {
            let open: Vec<usize> = view.options(holding).filter(|option| view.is_open[*option]).collect();
            let weights: Vec<f64> = open.iter().map(|_| draws.uniform()).collect();
            for (option, count) in open.iter().zip(share_out(view.due[holding], &weights)) {
                purchases.count[*option] += count;
            }
        }
        Ok(purchases)
    }
}
