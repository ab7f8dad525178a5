import TesseraNumerics

/// What strain is measured against.
public enum StrainReference: Sendable, Codable, Equatable {
  /// The mean lattice of everything seen: the mean of the gradient is zero.
  case mean
  /// The lattice fitted to all columns at once; by geometric phase, that of the Bragg vectors.
  case lattice
  /// The mean lattice of a rectangle, in pixels.
  case region(x: Double, y: Double, width: Double, height: Double)
  /// The mean lattice at the columns of a class.
  case siteClass(String)
  /// Known vectors, in pixels.
  case vectors(LatticeVectors)

  /// The lattice that counts as unstrained in a field.
  public struct Resolved: Sendable {
    /// In pixels, by the names that the field's own vectors have.
    public var vectors: LatticeVectors
    /// The share of each node of the field in the vectors; empty where they are given. Nil where they are those of the whole field, whose
    /// mean strain is then zero whatever the crystal does.
    var shares: [Double]?

    /// Vectors that were measured elsewhere, or given.
    /// - Parameters:
    ///   - vectors: in pixels, by the names that the field's own vectors have.
    ///   - areGiven: whether the vectors count as exact, so that the mean strain against them is a result.
    package init(_ vectors: LatticeVectors, areGiven: Bool) {
      (self.vectors, shares) = (vectors, areGiven ? [] : nil)
    }

    fileprivate init(_ shares: [Double], of field: LatticeField) {
      (vectors, self.shares) = (field.mean(shares), shares)
    }
  }

  /// The vectors of the reference, by the names that the field's own vectors have; parameters as in `resolved`.
  public func vectors(
    in field: LatticeField, places: (String) throws -> [Point] = { _ in [] }
  ) throws -> LatticeVectors { try resolved(in: field, places: places).vectors }

  /// The vectors of the reference, and what of the field they are the mean of.
  ///
  /// - Parameters:
  ///   - field: the lattice from place to place.
  ///   - places: gives the columns of a class by its name, in pixels.
  /// - Throws: `DataError` where the reference holds no lattice, `ParameterError` where it makes no sense.
  public func resolved(
    in field: LatticeField, places: (String) throws -> [Point] = { _ in [] }
  ) throws -> Resolved {
    switch self {
    case .mean:
      guard let shares = field.shares() else {
        throw DataError("the lattice could not be measured anywhere in the image, so there is no mean")
      }
      return Resolved(field.mean(shares), areGiven: false)
    case .lattice: return Resolved(field.nominal, areGiven: false)
    case .region(let x, let y, let width, let height):
      let name = "the reference region \(Self.text(x)),\(Self.text(y)),\(Self.text(width)),\(Self.text(height))"
      guard width > 0, height > 0 else { throw ParameterError("\(name) must have a positive width and height") }
      guard x + width > 0, y + height > 0, x < Double(field.width), y < Double(field.height) else {
        throw ParameterError(
          "\(name) (x, y, width, height in pixels) lies outside the image of \(field.width) x \(field.height) pixels")
      }
      guard x > -1, y > -1, x + width < Double(field.width) + 1, y + height < Double(field.height) + 1 else {
        throw ParameterError(
          "\(name) (x, y, width, height in pixels) reaches beyond the image of \(field.width) x \(field.height) pixels")
      }
      let shares = field.shares { $0.x >= x && $0.y >= y && $0.x <= x + width && $0.y <= y + height }
      guard let shares else {
        throw DataError(
          "\(name) contains no part of the image where the lattice was measured; choose a larger one, inside the crystal"
        )
      }
      return Resolved(shares, of: field)
    case .siteClass(let name):
      let found = try places(name).compactMap { field.nearestNode(to: $0) }
      guard !found.isEmpty else {
        throw DataError("no column of class \(name) lies where the lattice was measured; choose another reference")
      }
      var shares = [Double](repeating: 0, count: field.locals.count)
      for node in found { shares[node] += 1 / Double(found.count) }
      return Resolved(shares, of: field)
    case .vectors(let vectors):
      guard abs(vectors.area) > 1e-6 * vectors.u.length * vectors.v.length else {
        throw ParameterError("the reference vectors must span a cell, but are parallel")
      }
      guard let named = vectors.named(like: field.nominal) else {
        throw DataError(
          "the reference vectors are not lattice vectors of this image, whose lattice has u \(Self.text(field.nominal.u)), "
            + "v \(Self.text(field.nominal.v)) px; check their direction and the pixel size")
      }
      return Resolved(named, areGiven: true)
    }
  }

  /// The reference in words.
  public var sentence: String { sentence(grains: 1) }

  /// The same for a map of so many grains, each of which has its own.
  public func sentence(grains: Int) -> String {
    switch self {
    case .mean: grains > 1 ? "the mean lattice of each grain" : "the mean lattice of the image"
    case .lattice: grains > 1 ? "the lattice fitted to each grain" : "the lattice fitted to the whole image"
    case .region(let x, let y, let width, let height):
      "the region of \(Self.text(width)) x \(Self.text(height)) pixels from (\(Self.text(x)), \(Self.text(y)))"
    case .siteClass(let name): "the columns of class \(name)"
    case .vectors(let vectors): "given vectors u \(Self.text(vectors.u)), v \(Self.text(vectors.v)) px"
    }
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9
      ? String(Int(saturating: value)) : String((value * 100).rounded() / 100 + 0)
  }
  static func text(_ point: Point) -> String { "(\(text(point.x)), \(text(point.y)))" }
}
