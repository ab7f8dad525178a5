import TesseraNumerics

/// Describes the surroundings of a site by the Zernike moments of its patch. Source: H20 and M22, Methods.
public struct ZernikeDescriptor: Sendable, Codable, Equatable {
  /// Whether features change when the specimen is turned.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// All moments: tells orientations apart.
    case full
    /// Numbers that stay when the specimen turns: the signed A(p, 0) and the magnitudes |A(p, q)|.
    case invariant
  }

  /// Whether orientations are told apart.
  public var form = Form.full
  /// Largest radial order p, 0 ... 40; 10 gives 66 moments or 36 invariants.
  public var maxOrder = 10
  /// Angular orders |q| that are kept; nil keeps all.
  public var angularOrders: [Int]?
  /// Whether the mean of the patch, j = 0, is a feature. Without it vacancies on a strong background are lost; the
  /// papers leave it out.
  public var keepsPiston = true
  /// How moments are taken from pixels.
  public var rule = MomentRule.integral
  /// Orders whose basis, sampled at the pixels, has a larger condition number are left out; above 1. Order 10 needs 13
  /// pixels at 16, the default: small patches get fewer features rather than unstable ones.
  public var conditionLimit = 16.0

  /// All moments up to order 10, the mean included.
  public init() {}

  /// Names the setting that is out of range.
  public func validate() throws(ParameterError) {
    try require((0...40).contains(maxOrder), "zernike: largest order", is: maxOrder, mustBe: "between 0 and 40")
    try require(conditionLimit > 1, "zernike: condition limit", is: conditionLimit, mustBe: "above 1")
    if let angularOrders {
      try require(
        angularOrders.contains { $0 >= 0 && $0 <= maxOrder }, setting("angular orders"),
        is: angularOrders.map(String.init).joined(separator: ","),
        mustBe: "a list with at least one order between 0 and \(maxOrder), the \(setting("max order"))")
    }
    try require(
      keepsPiston || maxOrder > 0, "zernike: largest order", is: maxOrder, mustBe: "positive without the piston")
  }

  /// The order that patches of this side allow: `maxOrder` or less (see `conditionLimit`).
  public func order(side: Int) -> Int {
    ZernikeBasis.largestOrder(side: side, atMost: maxOrder, conditionLimit: conditionLimit)
  }

  /// The basis for patches of this side; keep it for several images.
  public func basis(side: Int) throws(ParameterError) -> ZernikeBasis {
    try validate()
    try require(side >= 5, "zernike: patch size", is: side, mustBe: "at least 5 pixels")
    return ZernikeBasis(side: side, order: order(side: side), rule: rule)
  }

  /// The moments of all sites, of which `features(of:)` selects.
  public func moments(of patches: Patches) throws(ParameterError) -> ZernikeMoments {
    try basis(side: patches.side).moments(of: patches)
  }

  /// One row per site, NaN where it has no patch; `terms(order:)` says what the columns are.
  public func features(of patches: Patches) throws(ParameterError) -> Matrix<Float> {
    features(from: try moments(of: patches))
  }

  /// Features of plain patches, one row of `side * side` pixels each, centred in their squares.
  public func features(ofRows patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Float> {
    try validate()
    try require(side >= 5, "zernike: patch size", is: side, mustBe: "at least 5 pixels")
    try require(
      patches.columns == side * side, "zernike: pixels per patch", is: patches.columns, mustBe: "\(side) x \(side)")
    let basis = ZernikeBasis(side: side, order: order(side: side), rule: rule, coversSites: false)
    return features(from: ZernikeMoments(side: side, order: basis.order, values: basis.moments(ofRows: patches)))
  }

  /// The terms that are features, one per column. Of the invariants the terms with q >= 0 stand for A(p, 0) and |A(p, q)|.
  public func terms(order: Int) -> [ZernikeTerm] {
    ZernikeTerm.all(order: min(order, maxOrder)).filter { term in
      (form == .full || term.q >= 0) && (keepsPiston || term.index > 0)
        && angularOrders?.contains(abs(term.q)) ?? true
    }
  }

  /// Standard deviation of the noise of a feature over that of a moment, at least. The magnitude of a moment that a motif
  /// lacks follows Rayleigh's distribution, of which it is √(2 - π/2); a large magnitude has all of it.
  public var leastNoiseShare: Double {
    form == .invariant && terms(order: maxOrder).contains { $0.q > 0 } ? (2 - Double.pi / 2).squareRoot() : 1
  }

  /// Selects and forms the features out of moments.
  public func features(from moments: ZernikeMoments) -> Matrix<Float> {
    let chosen = terms(order: moments.order)
    var values: [Float] = []
    values.reserveCapacity(moments.count * chosen.count)
    for site in 0..<moments.count {
      let row = moments.values.row(site)
      for term in chosen {
        let value = row[row.startIndex + term.index]
        guard form == .invariant && term.q > 0 else {
          values.append(value)
          continue
        }
        let other = row[row.startIndex + term.index - term.q]
        values.append((value * value + other * other).squareRoot())
      }
    }
    return Matrix(rows: moments.count, columns: chosen.count, values: values)
  }
}
