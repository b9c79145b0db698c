//! What is left of a huge angle beyond a multiple of π/2, by Payne and Hanek ("Radian reduction
//! for trigonometric functions", SIGNUM Newsletter, 1983): only those digits of 2/π matter whose
//! products are neither whole turns nor beyond the result.

use super::circular::Angle;
use super::float::{Float, fast_two_sum, two_product};
use crate::isa::Separate;

/// The binary digits of 2/π behind the point.
const TWO_OVER_PI: [u64; 20] = [
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
];

/// π/2 and what the constant lacks.
const PI_2: [f64; 2] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17];

/// 64 digits of 2/π from `place` on.
fn digits(place: usize) -> u64 {
    let (word, shift) = (place / 64, place % 64);
    let pair = u128::from(TWO_OVER_PI[word]) << 64 | u128::from(TWO_OVER_PI[word + 1]);
    (pair << shift >> 64) as u64
}

/// Reduces a finite angle of at least 2^6.
pub(super) fn reduce(x: f64) -> Angle<f64> {
    let bits = x.to_bits();
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    // x = mantissa * 2 ** exponent; digits of 2/π that weigh 4 or more in the product are
    // whole turns.
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1075;
    let place = exponent - 2;
    let window = |at: i32| match at {
        ..0 if at <= -64 => 0,
        ..0 => digits(0) >> -at,
        _ => digits(at as usize),
    };
    let [high, middle, low] = [window(place), window(place + 64), window(place + 128)];
    // A quarter turn is 2^126: two digits for the quadrant, the others for what is beyond it.
    let product = (u128::from(mantissa.wrapping_mul(high)) << 64)
        .wrapping_add(u128::from(mantissa) * u128::from(middle))
        .wrapping_add((u128::from(mantissa) * u128::from(low)) >> 64);
    let quadrant = product.wrapping_add(1 << 125) >> 126;
    let beyond = (product << 2) as i128;
    let first = beyond as f64;
    let second = beyond.wrapping_sub(first as i128) as f64;
    const UNIT: f64 = 1.0 / (1_u128 << 64) as f64;
    let (first, second) = (first * UNIT * UNIT, second * UNIT * UNIT);
    let (r, rounded) = two_product::<Separate, f64>(first, PI_2[0]);
    let (r, low) = fast_two_sum(r, rounded + (first * PI_2[1] + second * PI_2[0]));
    let quadrant = f64::from_bits(quadrant as u64);
    let angle = Angle { quadrant, r, low };
    if x < 0.0 { Angle { quadrant: 0.0_f64.bits_minus(quadrant), r: -r, low: -low } } else { angle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_known_angles() {
        // Kahan's hardest case for f64: 6381956970095103 * 2 ** 797, nearly a multiple of π/2.
        let hardest = 6381956970095103.0 * 2.0_f64.powi(797);
        let Angle { quadrant, r, .. } = reduce(hardest);
        assert_eq!((quadrant.to_bits() % 4, r), (1, 4.687165924254628e-19));
        let Angle { quadrant, r, .. } = reduce(-hardest);
        assert_eq!((quadrant.to_bits() % 4, r), (3, -4.687165924254628e-19));
        for n in 100..10_000 {
            let x = f64::from(n) * 0.7;
            let Angle { quadrant, r, low } = reduce(x);
            let turns = (x / PI_2[0]).round();
            assert_eq!(quadrant.to_bits() % 4, turns as u64 % 4);
            let expected = turns.mul_add(-PI_2[1], turns.mul_add(-PI_2[0], x));
            assert!((r - expected).abs() < 1e-15 && low.abs() < 1e-16, "{x}");
        }
    }
}
