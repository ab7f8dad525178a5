import Foundation
import TesseraNumerics

/// Maps the twist and the strain between two layers: the phases of the waves of both, fitted together in windows.
///
/// In each window the waves of the whole image are the start of a fit (`LayerFit`); by how far the phase of each wave runs away from
/// them from one side of the window to the other is what moves their frequencies. Because both layers are in one fit, neither
/// leaks into the other, as they would where each wave is filtered by itself.
public struct TwistMapper: Sendable, Codable, Equatable {
  /// Side of a window in moire periods: with less, the waves of both layers cannot be told apart.
  public var periods = 2.2
  /// And in shorter sides of the image at least: a smaller window is noisier.
  public var leastShare = 0.25
  /// Distance of windows, in their sides.
  public var step = 0.25
  /// At most so many windows in a row and in a column.
  public var mostWindows = 8
  /// The fit whose errors are taken.
  var fit = LayerFit()

  /// A mapper whose windows hold 2.2 moire periods.
  public init() { fit.blocks = 4 }

  /// A window may differ from the whole by this angle, in radians, and by this strain; more is a fit that has lost its way.
  private static let largestTurn = 0.05
  private static let largestStrain = 0.05

  /// Nil where the image holds no more than one window.
  /// - Parameters:
  ///   - image: without its slow changes.
  ///   - pixel: width and height of a pixel in one unit.
  ///   - presence: where each layer lies.
  ///   - isSeen: whether the fit in a window shows two layers; it is asked where the fit of the whole image does not answer that.
  func map(
    of image: Raster<Float>, lattices: [LayerLattice], period: Double, pixel: Point, presence: LayerPresence,
    where isSeen: @Sendable (LayerFit.Outcome) -> Bool = { _ in true }
  ) -> TwistMap? {
    let shorter = Double(min(image.width, image.height))
    let side = Int(saturating: max(periods * period, leastShare * shorter).rounded(.up))
    func layout(_ length: Int) -> (count: Int, step: Double)? {
      let room = Double(length - side)
      guard room >= 0 else { return nil }
      let count = min(mostWindows, 1 + Int(saturating: room / (step * Double(side))))
      return (count, count > 1 ? room / Double(count - 1) : 0)
    }
    guard let across = layout(image.width), let down = layout(image.height), across.count * down.count > 1 else {
      return nil
    }
    let whole = Twist(from: lattices[0], to: lattices[1], pixel: pixel)
    let sign = whole.angle < 0 ? -1.0 : 1.0
    let half = Double(side - 1) / 2
    let steps = Point(across.step, down.step)
    let windows = concurrentMap(count: across.count * down.count) { index -> LocalTwist? in
      let corner = Point(
        (steps.x * Double(index % across.count)).rounded(), (steps.y * Double(index / across.count)).rounded())
      // The Hann weight is more than a third in this middle of the window.
      let holdsBoth = [0.3, 0.5, 0.7].allSatisfy { x in
        [0.3, 0.5, 0.7].allSatisfy { presence.holdsBoth(at: corner + 2 * half * Point(x, $0)) }
      }
      guard holdsBoth else { return nil }
      let window = image.cropped(
        x: Int(saturating: corner.x), y: Int(saturating: corner.y), width: side, height: side)
      guard let found = fit.fit(window, from: lattices), isSeen(found) else { return nil }
      func quantities(_ outcome: LayerFit.Outcome) -> [Double] {
        let own = Twist(from: outcome.lattices[0], to: outcome.lattices[1], pixel: pixel)
        return [sign * own.angle, own.exx, own.eyy, own.exy]
      }
      let values = zip(quantities(found), found.errors(of: quantities)).map { Moire.Measured($0, error: $1) }
      guard values.allSatisfy({ $0.value.isFinite && $0.error.isFinite }),
        abs(values[0].value - abs(whole.angle)) < Self.largestTurn,
        zip(values[1...], [whole.exx, whole.eyy, whole.exy]).allSatisfy({ abs($0.value - $1) < Self.largestStrain })
      else { return nil }
      return LocalTwist(
        position: corner + Point(half, half), twist: values[0], exx: values[1], eyy: values[2], exy: values[3])
    }
    guard windows.contains(where: { $0 != nil }) else { return nil }
    return TwistMap(
      windows: windows, columns: across.count, rows: down.count, origin: Point(half, half), step: steps, side: side)
  }
}
