import TesseraNumerics
import TesseraStructure

extension TreeModel {
  /// Sites from which the turn is found, evenly chosen.
  private static let sampleCount = 400
  /// First step of the search in degrees: the finest structure of moments up to order 10 repeats after 36.
  private static let coarseStep = 2.0
  /// Last step in degrees.
  private static let fineStep = 0.25
  /// Turns that fit worse by no more than this share are as good: a crystal looks the same in several directions.
  private static let indifference = 0.05

  /// By how much the specimen of another image is turned against that of the classes, from +x towards +y, in radians: the turn with
  /// which the sites fit the classes best, and the smallest of those that the symmetry of the crystal makes alike. 0 where features
  /// do not tell directions apart.
  func turn(of folder: MotifFolder) -> Double {
    turn(of: folder.moments, noise: descriptor.leastNoiseShare * folder.momentNoise)
  }

  /// The same of moments of the other image.
  /// - Parameter noise: standard deviation of a feature there.
  func turn(of moments: ZernikeMoments, noise: Double) -> Double {
    let known = moments.existing
    guard descriptor.form == .full, !known.isEmpty,
      descriptor.terms(order: moments.order).count == discriminant.dimensions
    else { return 0 }
    let step = max(1, known.count / Self.sampleCount)
    let chosen = stride(from: 0, to: known.count, by: step).map { known[$0] }
    let sample = moments.selecting(chosen)
    @Sendable func misfit(_ degrees: Double) -> Double {
      discriminant.misfit(of: descriptor.features(from: sample.turned(by: -degrees * .pi / 180)), noise: noise)
    }
    let count = Int(360 / Self.coarseStep)
    let turns = (0..<count).map { Double($0) * Self.coarseStep }.map { $0 > 180 ? $0 - 360 : $0 }
    let misfits = concurrentMap(count: count) { misfit(turns[$0]) }
    let best = misfits.min() ?? 0
    let valleys = (0..<count).filter { place in
      let (before, after) = (misfits[(place + count - 1) % count], misfits[(place + 1) % count])
      return misfits[place] <= min(before, after) && misfits[place] <= (1 + Self.indifference) * best
    }
    guard let nearest = valleys.min(by: { (abs(turns[$0]), $0) < (abs(turns[$1]), $1) }) else { return 0 }
    let steps = Int(Self.coarseStep / Self.fineStep)
    let fine = (-steps...steps).map { turns[nearest] + Double($0) * Self.fineStep }
    let refined = concurrentMap(count: fine.count) { misfit(fine[$0]) }
    let place = refined.indices.min { (refined[$0], abs(fine[$0])) < (refined[$1], abs(fine[$1])) } ?? steps
    // Images of one orientation stay as they are: noise alone prefers some angle.
    if abs(fine[place]) <= Self.coarseStep, misfits[0] <= (1 + Self.indifference) * refined[place] { return 0 }
    return fine[place] * .pi / 180
  }
}
