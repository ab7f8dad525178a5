import TesseraNumerics

/// The part of an image that holds both layers, and the fit of their waves there: the rest would say nothing of a layer that is missing,
/// and distort what it says of the other.
struct FittedPart {
  /// Blocks along each side of a part of the image: so many that those inside tell its shape.
  private static let blocks = 12

  /// The waves of both lattices in `image`.
  private(set) var outcome: LayerFit.Outcome
  /// The part of the image, as it was given.
  let image: Raster<Float>
  /// Where the middle of `image` lies, in pixels of the whole.
  let middle: Point
  /// Where each layer lies in the whole.
  private(set) var presence: LayerPresence
  /// Whether the waves could be fitted in this part; else `outcome` is that of another one.
  let isSettled: Bool

  /// - Parameters:
  ///   - outcome: the waves of both lattices.
  ///   - detail: the image without its slow changes.
  ///   - isOfWhole: whether `outcome` is a fit of the whole image, or of a part that shows both layers.
  init(
    of outcome: LayerFit.Outcome, in image: Raster<Float>, detail: Raster<Float>, presence: LayerPresence,
    isOfWhole: Bool
  ) {
    let (columns, rows) = presence.frame
    func cropped(_ image: Raster<Float>) -> Raster<Float> {
      image.cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }
    let found =
      !presence.isWhole
      ? Self.fit(of: outcome.lattices, in: cropped(detail), presence)
      : isOfWhole ? outcome : LayerFit().fit(detail, from: outcome.lattices)
    self.presence = presence
    isSettled = found != nil
    self.outcome = found ?? outcome
    self.image = cropped(image)
    middle = Point(
      Double(columns.lowerBound + columns.upperBound - 1) / 2, Double(rows.lowerBound + rows.upperBound - 1) / 2)
  }

  /// The same part with the layers in an order that does not rest on noise: the stronger one first, and of two like ones
  /// (`Moire.likeStrengths`) that from which the twist is positive, from +x towards +y. Only at 30 degrees both have such a twist.
  func ordered(pixel: Point) -> FittedPart {
    let strengths = (0..<2).map { outcome.strength(lattice: $0) }
    let (first, second) = (outcome.lattices[0], outcome.lattices[1])
    let isOrdered =
      Moire.areAlike(strengths[0], strengths[1])
      ? Twist(from: first, to: second, pixel: pixel).angle >= 0 : strengths[0] > strengths[1]
    guard !isOrdered else { return self }
    var copy = self
    (copy.outcome, copy.presence) = (outcome.swapped, presence.swapped)
    return copy
  }

  /// The fit in the blocks that hold both layers throughout.
  private static func fit(
    of lattices: [LayerLattice], in part: Raster<Float>, _ presence: LayerPresence
  ) -> LayerFit.Outcome? {
    let corner = Point(Double(presence.frame.columns.lowerBound), Double(presence.frame.rows.lowerBound))
    let all = FieldBlocks(width: part.width, height: part.height, perSide: blocks, isUsed: nil)
    let isUsed = all.used.map { block in
      let (columns, rows) = (all.columns(of: block), all.rows(of: block))
      return [columns.lowerBound, columns.upperBound - 1].allSatisfy { x in
        [rows.lowerBound, rows.upperBound - 1].allSatisfy {
          presence.holdsBoth(at: corner + Point(Double(x), Double($0)))
        }
      }
    }
    var fit = LayerFit()
    fit.blocks = blocks
    return isUsed.contains(true) ? fit.fit(part, from: lattices, within: isUsed) : nil
  }
}
