import Foundation

/// Atomic numbers, and how strongly an atom scatters to high angles.
public enum Elements {
  /// Symbols in the order of the atomic number, hydrogen first.
  static let symbols = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo \
    Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg \
    Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr
    """.split(separator: " ").map(String.init)

  private static let numbers = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0 + 1) })

  /// The atomic number of a symbol such as `Mo`; nil if there is no such element.
  public static func atomicNumber(of symbol: String) -> Int? { numbers[symbol] }

  /// Relative intensity that one atom adds to an annular dark-field image,
  ///
  ///     w = Z^n,   n = 1.7 for high angles.
  ///
  /// The exponent lies between 2 (Rutherford scattering by a bare nucleus) and about 1.5, with the inner angle of the
  /// detector; 1.7 is usual. Source: Krivanek et al., Nature 464 (2010) 571, who measure 1.64.
  public static func scattering(of symbol: String, exponent: Double = 1.7) -> Double? {
    numbers[symbol].map { pow(Double($0), exponent) }
  }
}
