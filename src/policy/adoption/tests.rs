//! Contract: each built-in policy buys what its rule says, by hand.

use super::*;

/// One holding of 100 with 10 due; options: diesel, a battery truck, a fuel-cell truck.
fn view(usd: [f64; 3], stock: [u32; 3]) -> AdoptionView {
    AdoptionView {
        year: 2030,
        cost_uncertainty: 0.05,
        due: vec![10],
        vehicles: vec![100],
        vehicles_each: vec![20.0],
        old: vec![stock[0]],
        first_option: vec![0, 3],
        model: vec![0, 1, 2],
        is_zero_emission: vec![false, true, true],
        is_open: vec![true; 3],
        usd_per_year: usd.to_vec(),
        coverage: vec![1.0, 0.9, 1.0],
        co2e_kg_per_year: vec![100.0, 20.0, 60.0],
        stock: stock.to_vec(),
        succeeds: vec![0; 3],
        ramp_left: vec![u32::MAX, 1000, 1000],
        ramp_kind: vec![0, 1, 2],
    }
}

fn bought(name: &str, params: &[(&str, f64)], view: &AdoptionView) -> (Vec<u32>, u32) {
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let out = Adoption::make(&Choice { params, ..Choice::named(name) }, None).unwrap().decide(view).unwrap();
    (out.count, out.early[0])
}

#[test]
fn each_buys_as_its_name_says() {
    let dear = view([100.0, 120.0, 150.0], [60, 30, 0]);
    assert_eq!(bought("business_as_usual", &[], &dear), (vec![7, 3, 0], 0));
    assert_eq!(bought("mandate", &[], &dear), (vec![10, 0, 0], 0));
    assert_eq!(bought("least_cost", &[], &dear), (vec![10, 0, 0], 0));
    assert_eq!(bought("fastest_abatement", &[], &dear), (vec![0, 16, 0], 6));
    // Within 5 % of the cheapest is as good as it.
    assert_eq!(bought("least_cost", &[], &view([100.0, 104.0, 150.0], [90, 0, 0])), (vec![5, 5, 0], 0));
    // What is closed is not bought, whatever it costs.
    let mut closed = view([100.0, 50.0, 60.0], [90, 0, 0]);
    closed.is_open = vec![true, false, false];
    for BuiltIn { name, .. } in BUILT_IN {
        assert_eq!(bought(name, &[], &closed).0[1..], [0, 0], "{name}");
    }
}

/// By hand: equal costs and coverage, nest 1 and no constant: a plain logit, a third each. With nest 0.5 the two that are
/// alike share: sums 1 and 2, raised to 0.5: 1 to 1.4142.
#[test]
fn the_logit_nests_what_is_alike() {
    let mut equal = view([100.0; 3], [90, 0, 0]);
    (equal.coverage, equal.due) = (vec![1.0; 3], vec![3000]);
    let plain = [("nest", 1.0), ("zero_emission", 0.0)];
    assert_eq!(bought("logit_tco", &plain, &equal).0, [1000, 1000, 1000]);
    let nested = bought("logit_tco", &[("nest", 0.5), ("zero_emission", 0.0)], &equal).0;
    let by_hand = 3000.0 / (1.0 + 2.0_f64.sqrt());
    assert!((f64::from(nested[0]) - by_hand).abs() < 1.0, "{nested:?}");
}

/// By hand: shares 0.9 and 0.1, the second 40 cheaper of a mean of 80 with spread 0.5 x 80: F = 1/(1 + e^-1) = 0.731;
/// change 0.5 x 0.09 x (0.731 - 0.269) = 0.0208.
#[test]
fn shares_flow_to_the_cheaper() {
    let remainders = Remainders::default();
    let diffusion = Diffusion { rate: 0.5, cost_spread: 0.5, seed: 0.0, remainders };
    let out = diffusion.step(&[0.9, 0.1], &[100.0, 60.0]);
    assert!((out[1] - 0.1 - 0.5 * 0.09 * 0.462_117_157).abs() < 1e-9, "{out:?}");
    assert!((out[0] + out[1] - 1.0).abs() < 1e-12);
}

/// A share of 10 % of 4 vehicles, twenty times: 8 of 80. Rounded year by year it would be none. The same for vehicles
/// that go before their time.
#[test]
fn small_shares_add_up_over_the_years() {
    let mut remainders = Remainders::default();
    let view = view([100.0; 3], [36, 4, 0]);
    let mut clean = 0;
    for _ in 0..20 {
        let out = remainders.share_out(&view, 0, 4, &[0, 1], &[0.9, 0.1]);
        assert_eq!(out.iter().sum::<u32>(), 4);
        clean += out[1];
    }
    assert_eq!(clean, 8);
    assert_eq!((0..20).map(|_| remainders.early(0, 0.3)).sum::<u32>(), 6);
    // What left is replaced in kind, whatever the shares are.
    let mut left = view.clone();
    left.succeeds = vec![1, 9, 0];
    assert_eq!(bought("business_as_usual", &[], &left).0, [1, 9, 0]);
}
