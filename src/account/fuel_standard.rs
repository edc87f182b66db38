//! Credits and deficits of a low-carbon fuel standard, as in 17 CCR 95486.1: one credit is one tonne of `CO2e`.

/// Energy density of hydrogen in the regulation, MJ/kg: 17 CCR 95485, table 4.
pub const MJ_PER_KG_H2: f64 = 120.0;
/// Energy of a US gallon of diesel, MJ: 17 CCR 95485, table 4.
pub const MJ_PER_GAL_DIESEL: f64 = 134.47;

/// Tonnes of credit (negative: deficit) for a fuel: `(standard x EER - intensity) x energy`. Intensities are g `CO2e` a
/// MJ; `eer` is how many MJ of diesel one MJ of the fuel displaces.
#[must_use]
pub fn credit_t(standard_g_per_mj: f64, eer: f64, intensity_g_per_mj: f64, energy_mj: f64) -> f64 {
    (standard_g_per_mj * eer - intensity_g_per_mj) * energy_mj / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::units::MJ_PER_KWH;

    /// By hand: a standard of 81.35 g/MJ, EER 5, electricity of 44.17 g/MJ (159 kg/MWh), 1,000 kWh:
    /// (406.75 - 44.1667) x 3,600 / 1e6 = 1.3053 t. Diesel at 105.76: (81.35 - 105.76) x 134.47 / 1e6 per gallon.
    #[test]
    fn by_hand() {
        let electric = credit_t(81.35, 5.0, 159.0 / MJ_PER_KWH, 1000.0 * MJ_PER_KWH);
        assert!((electric - 1.3053).abs() < 1e-6, "{electric}");
        let diesel = credit_t(81.35, 1.0, 105.76, MJ_PER_GAL_DIESEL);
        assert!((diesel + 0.003_282_412_7).abs() < 1e-9, "{diesel}");
    }
}
