import TesseraNumerics

/// The columns of a bilayer, each with the anchor that it lies nearest to.
public struct MoireSites: Sendable, Equatable {
  /// What is known of one column.
  public struct Nearest: Sendable, Equatable {
    /// Index into `Moire.anchors`; nil where the nearest anchor lies outside the image or what both layers cover.
    public var anchor: Int?
    /// Index into `Moire.stackings`; nil where not both layers lie.
    public var stacking: Int?
    /// Where the anchor is, in pixels.
    public var position: Point
    /// Distance of the column from it, in pixels.
    public var distance: Double
  }

  /// One entry for each column.
  public var nearest: [Nearest]
  /// For each anchor its columns; the part of the plane that is nearest to it lies wholly in the image only if `isWhole`.
  public var members: [[Int]]
  /// Whether no part of an anchor's domain is cut by the edge of the image, or of a layer.
  public var isWhole: [Bool]

  /// - Parameters:
  ///   - positions: of the columns, in pixels.
  ///   - moire: both layers; without their registry there are no anchors, and the result is nil.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public init?(of positions: [Point], in moire: Moire, width: Int, height: Int) {
    guard moire.registry != nil else { return nil }
    let index = PlanarIndex(moire.anchors.map(\.position))
    nearest = concurrentMap(count: positions.count) { site in
      let (stacking, place) = moire.nearestAnchor(to: positions[site])!
      let holdsBoth = moire.presence.holdsBoth(at: positions[site])
      let known = index.neighbours(of: place, within: Self.same).first
      return Nearest(
        anchor: holdsBoth ? known : nil, stacking: holdsBoth ? stacking : nil, position: place,
        distance: (place - positions[site]).length)
    }
    members = [[Int]](repeating: [], count: moire.anchors.count)
    for (site, own) in nearest.enumerated() { if let anchor = own.anchor { members[anchor].append(site) } }
    // The domain is a polygon around the anchor whose corners are at most this far away.
    let reach = Self.farthestCorner * max(moire.vectors.u.length, moire.vectors.v.length)
    isWhole = moire.anchors.map { anchor in
      let p = anchor.position
      return min(p.x, p.y, Double(width - 1) - p.x, Double(height - 1) - p.y) >= reach
        && (0..<6).allSatisfy { moire.presence.holdsBoth(at: p + Point(reach, 0).rotated(by: Double($0) * .pi / 3)) }
    }
  }

  /// Two places of one anchor, in pixels.
  private static let same = 1e-3
  /// Anchors of all kinds form a triangular net of 1 / √3 moire periods; the corners of its cells are a third of a period away.
  private static let farthestCorner = 1.0 / 3
}

extension Moire {
  /// The anchor nearest to a place, inside the image or not; nil if unresolved.
  func nearestAnchor(to place: Point) -> (stacking: Int, position: Point)? {
    guard let registry else { return nil }
    var best: (stacking: Int, position: Point)?
    var least = Double.infinity
    for (index, difference) in differences.enumerated() {
      for corner in registry.corners(around: place, difference: difference) {
        let anchor = registry.place(difference: difference, corner.0, corner.1)
        let distance = (anchor - place).squaredLength
        if distance < least { (least, best) = (distance, (index, anchor)) }
      }
    }
    return best
  }
}
