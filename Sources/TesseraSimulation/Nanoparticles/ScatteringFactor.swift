import Foundation

/// How strongly an atom scatters electrons: five Gaussians,
///
///     f(q) = Σ aᵢ exp(−bᵢ q² / 4).
///
/// Source: Peng, Ren, Dudarev & Whelan, Acta Cryst. A 52 (1996) 257, the parameters for s up to 6 per Angstrom.
package struct ScatteringFactor: Sendable {
  /// In Angstrom, and in square Angstrom.
  let a, b: [Double]

  /// Nil for an element that no material here has.
  package init?(of element: String) {
    guard let numbers = Self.table[element] else { return nil }
    (a, b) = numbers
  }

  /// In nm.
  /// - Parameter q2: squared frequency q² in nm⁻².
  package func value(atSquaredFrequency q2: Double) -> Double {
    let s2 = q2 / 400  // q / 2 in reciprocal Angstrom, squared.
    var sum = 0.0
    for index in a.indices { sum += a[index] * exp(-b[index] * s2) }
    return 0.1 * sum
  }

  private static let table: [String: ([Double], [Double])] = [
    "C": ([0.0489, 0.2091, 0.7537, 1.142, 0.3555], [0.114, 1.0825, 5.4281, 17.8811, 51.1341]),
    "O": ([0.0365, 0.1729, 0.5805, 0.8814, 0.3121], [0.0652, 0.6184, 2.9449, 9.6298, 28.2194]),
    "S": ([0.0915, 0.4312, 1.0847, 2.4671, 1.0852], [0.0838, 0.7788, 4.3462, 15.5846, 44.6365]),
    "Cu": ([0.3501, 1.6558, 1.9582, 0.2134, 1.4109], [0.1867, 1.9917, 11.3396, 53.2619, 63.252]),
    "Zn": ([0.178, 0.8096, 1.6744, 1.9499, 1.4495], [0.0876, 0.865, 3.8612, 18.8726, 64.7016]),
    "Se": ([0.1574, 0.7614, 1.4834, 3.0016, 1.7978], [0.0686, 0.6808, 3.1163, 14.3458, 44.0455]),
    "Pd": ([0.2003, 0.8779, 2.6135, 2.8594, 1.0258], [0.0659, 0.6111, 3.5563, 12.7638, 44.4283]),
    "Ag": ([0.2739, 1.0503, 3.1564, 2.7543, 1.4328], [0.0881, 0.8028, 4.4451, 18.7011, 79.2633]),
    "Cd": ([0.3072, 1.1303, 3.2046, 2.9329, 1.656], [0.0966, 0.8856, 4.6273, 20.6789, 73.4723]),
    "Pt": ([0.3083, 1.4158, 2.9662, 3.9349, 2.1709], [0.0609, 0.5993, 3.1921, 12.5285, 49.7675]),
    "Au": ([0.3055, 1.3945, 2.9617, 3.899, 2.0026], [0.0596, 0.5827, 3.1035, 11.9693, 47.9106]),
  ]
}
