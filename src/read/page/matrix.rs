//! Affine transformations of the plane.

/// Maps `(x, y)` to `(a·x + c·y + e, b·x + d·y + f)`, as in PDF and OFD.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    pub(crate) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(crate) fn translation(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This transformation, followed by another.
    pub(crate) fn then(&self, next: &Self) -> Self {
        let ([a, b, c, d, e, f], [na, nb, nc, nd, ne, nf]) = (self.0, next.0);
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    pub(crate) fn point(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Where a vector points.
    pub(crate) fn vector(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (a * x + c * y, b * x + d * y)
    }

    /// The factor by which lengths grow: the side of a square with the area that a unit square gets.
    pub(crate) fn factor(&self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transformations_follow_each_other() {
        let turned = Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
        let both = Matrix([2.0, 0.0, 0.0, 3.0, 0.0, 0.0]).then(&turned).then(&Matrix::translation(10.0, 20.0));
        assert_eq!(both.point(1.0, 1.0), (10.0 - 3.0, 20.0 + 2.0));
        assert_eq!(both.vector(1.0, 0.0), (0.0, 2.0));
        assert!((both.factor() - 6f64.sqrt()).abs() < 1e-9);
    }
}
