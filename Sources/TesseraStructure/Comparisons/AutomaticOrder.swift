import TesseraImaging
import TesseraNumerics

/// Chooses the largest Zernike order that an image is worth: the smallest p beyond which, in every order, the moments
/// carry no more signal than noise.
///
/// Order p holds the energy E(p), the mean over sites of Σ A(p, q)², and noise of σ² per pixel gives it σ² Σ W², W being
/// the weights of the pixels; the signal is the difference. σ is the image's noise level unless the highest order, which
/// holds at least its noise, shows less. No command uses it.
public struct AutomaticOrder: Sendable, Codable, Equatable {
  /// Smallest and largest p that may be chosen.
  public var smallest = 4, largest = 15
  /// The largest number of sites that are looked at, evenly spread over the list.
  public var siteLimit = 1000
  /// A choice between p = 4 and p = 15, from at most 1000 sites.
  public init() {}

  /// The order, with the energies that decided.
  public struct Choice: Sendable, Codable, Equatable {
    /// The chosen p.
    public var order: Int
    /// Standard deviation of the noise of a pixel, in units of the image.
    public var noise: Double
    /// E(p) and its part due to noise for p = 0, 1 ... , in squared units of the image.
    public var energies, noiseEnergies: [Double]
  }

  /// - Returns: nil when no site has a patch.
  public func choice(for patches: Patches, by descriptor: ZernikeDescriptor) throws(ParameterError) -> Choice? {
    try require(
      0 <= smallest && smallest <= largest && largest <= 40, "automatic order: largest order", is: largest,
      mustBe: "between the smallest, \(smallest), and 40")
    try require(siteLimit > 0, "automatic order: limit of sites", is: siteLimit, mustBe: "positive")
    var probe = descriptor
    probe.maxOrder = largest
    let existing = patches.existing
    guard !existing.isEmpty else { return nil }
    let step = (existing.count + siteLimit - 1) / siteLimit
    let sample = Patches(of: patches, keeping: stride(from: 0, to: existing.count, by: step).map { existing[$0] })
    let basis = try probe.basis(side: patches.side)
    let moments = basis.moments(of: sample)
    let terms = ZernikeTerm.all(order: basis.order)
    var energies = [Double](repeating: 0, count: basis.order + 1)
    var gains = energies
    for term in terms {
      for site in 0..<moments.count {
        let value = Double(moments.values[site, term.index])
        energies[term.p] += value * value / Double(moments.count)
      }
      gains[term.p] += basis.noiseGain(of: term)
    }
    let pixelNoise = noiseLevel(of: patches.unpadded)
    let variance = min(pixelNoise * pixelNoise, energies[basis.order] / gains[basis.order])
    let noiseEnergies = gains.map { $0 * variance }
    let last = energies.indices.last { energies[$0] > 2 * noiseEnergies[$0] } ?? 0
    return Choice(
      order: min(basis.order, max(smallest, last)), noise: variance.squareRoot(), energies: energies,
      noiseEnergies: noiseEnergies)
  }
}
